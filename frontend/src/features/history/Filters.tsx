// Narrows the list: by who takes part, by day, and to the archive. One quiet line.
import { useQuery } from "@tanstack/react-query";
import { Button } from "@/components/Button";
import { charactersQuery } from "@/lib/characters";
import { isFiltered, type Filter, type Listed } from "./discussions";
import styles from "./Filters.module.css";

interface Props {
  filter: Filter;
  /** What is listed: its cast may have come with a lesson, or be deleted since. */
  listed: Listed[];
  onFilter: (change: Partial<Filter>) => void;
}

export function Filters({ filter, listed, onFilter }: Props) {
  const characters = withGuests(useQuery(charactersQuery).data ?? [], listed);
  return (
    <div className={styles.filters} role="group" aria-label="Narrow the list">
      <label>
        With{" "}
        <select
          value={filter.character}
          onChange={(event) => {
            onFilter({ character: event.target.value });
          }}
        >
          <option value="">anyone</option>
          {characters.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        from{" "}
        <input
          type="date"
          value={filter.from}
          max={filter.to || undefined}
          onChange={(event) => {
            onFilter({ from: event.target.value });
          }}
        />
      </label>
      <label>
        to{" "}
        <input
          type="date"
          value={filter.to}
          min={filter.from || undefined}
          onChange={(event) => {
            onFilter({ to: event.target.value });
          }}
        />
      </label>
      <label>
        Archive{" "}
        <select
          value={filter.archived}
          onChange={(event) => {
            onFilter({ archived: event.target.value as Filter["archived"] });
          }}
        >
          <option value="">left out</option>
          <option value="too">too</option>
          <option value="alone">alone</option>
        </select>
      </label>
      {isFiltered(filter) && (
        <Button
          kind="quiet"
          className={styles.all}
          onClick={() => {
            onFilter({ character: "", from: "", to: "", archived: "" });
          }}
        >
          Show all
        </Button>
      )}
    </div>
  );
}

interface Named {
  id: string;
  name: string;
}

/** The library, and behind it whoever sits at a table without being in it. */
function withGuests(library: Named[], listed: Listed[]): Named[] {
  const known = new Map(library.map(({ id, name }) => [id, name]));
  for (const { participants } of listed)
    for (const { character_id, name } of participants)
      if (!known.has(character_id)) known.set(character_id, name);
  return [...known].map(([id, name]) => ({ id, name }));
}
