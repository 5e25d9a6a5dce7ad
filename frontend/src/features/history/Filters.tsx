// Narrows the list: by who takes part, by day, and to the archive. One quiet line.
import { useQuery } from "@tanstack/react-query";
import { Button } from "@/components/Button";
import { charactersQuery } from "@/lib/characters";
import { isFiltered, type Filter } from "./discussions";
import styles from "./Filters.module.css";

interface Props {
  filter: Filter;
  onFilter: (change: Partial<Filter>) => void;
}

export function Filters({ filter, onFilter }: Props) {
  const characters = useQuery(charactersQuery).data ?? [];
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
