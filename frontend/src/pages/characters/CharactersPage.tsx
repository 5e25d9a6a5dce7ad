// Everyone who can be invited.
import { useQuery } from "@tanstack/react-query";
import { Loading } from "@/components/Loading";
import { Characters } from "@/features/characters/Characters";
import { charactersQuery } from "@/lib/characters";
import { configQuery } from "@/lib/configQuery";

export default function CharactersPage() {
  const config = useQuery(configQuery);
  const characters = useQuery(charactersQuery);
  if (config.data && characters.data) return <Characters config={config.data} characters={characters.data} />;
  return (
    <Loading
      title="Characters"
      error={config.error ?? characters.error}
      onRetry={() => {
        void config.refetch();
        void characters.refetch();
      }}
    />
  );
}
