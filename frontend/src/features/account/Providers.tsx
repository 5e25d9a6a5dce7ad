// Google and Microsoft, where they are set up.
import { useMutation } from "@tanstack/react-query";
import { Button } from "@/components/Button";
import { goTo } from "@/lib/accounts";
import { wordsOf } from "@/lib/api";
import type { Config } from "@/lib/config";
import type { OutsideProvider } from "@/lib/supabase";
import styles from "./SignIn.module.css";
import { useWanted } from "./useEntering";

const NAMES: Record<OutsideProvider, string> = { google: "Google", microsoft: "Microsoft 365" };

interface Props {
  config: Config;
  providers: OutsideProvider[];
  invitation: string | null;
}

export function Providers({ config, providers, invitation }: Props) {
  const wanted = useWanted();
  // Supabase leads back to the door, which knows what to do with what comes along.
  const back = config.auth.mode === "supabase" ? "/sign-in" : wanted;
  const leaving = useMutation({
    mutationFn: (provider: OutsideProvider) => goTo(config, provider, back, invitation),
  });
  if (providers.length === 0) return null;
  return (
    <div className={styles.providers}>
      {providers.map((provider) => (
        <Button
          key={provider}
          onClick={() => {
            leaving.mutate(provider);
          }}
        >
          Continue with {NAMES[provider]}
        </Button>
      ))}
      {leaving.error && (
        <p role="alert" className={styles.problem}>
          {wordsOf(leaving.error)}
        </p>
      )}
    </div>
  );
}
