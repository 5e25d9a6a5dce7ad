// How much is used and what goes on now.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { Loading } from "@/components/Loading";
import { Section } from "@/components/Section";
import { api } from "@/lib/api";
import styles from "./Admin.module.css";

interface Used {
  provider: string;
  model: string;
  turns: number;
  attempts: number;
  input_tokens: number;
  cache_read_tokens: number;
  cache_write_tokens: number;
  output_tokens: number;
  cost_usd: number | null;
}

interface Usage {
  totals: { guests: number; accounts: number; discussions: number; activity: number };
  tokens: Used[];
  tokens_30_days: Used[];
  live: { discussions: number; connections: number };
}

const LOOK_AGAIN_MS = 5_000;

const usageQuery = queryOptions({
  queryKey: ["usage"],
  queryFn: ({ signal }) => api.get<Usage>("/api/admin/usage", signal),
  refetchInterval: LOOK_AGAIN_MS,
});

const count = (number: number) => number.toLocaleString("en-GB");

export function Usage() {
  const usage = useQuery(usageQuery);
  if (!usage.data) return <Loading error={usage.error} onRetry={() => void usage.refetch()} />;
  const { totals, live, tokens, tokens_30_days } = usage.data;
  return (
    <>
      <Section title="Now">
        <Numbers
          numbers={[
            ["Discussions awake", live.discussions],
            ["Live connections", live.connections],
          ]}
        />
      </Section>
      <Section title="Kept">
        <Numbers
          numbers={[
            ["Accounts", totals.accounts],
            ["Guests", totals.guests],
            ["Discussions", totals.discussions],
            ["Visits and actions", totals.activity],
          ]}
        />
      </Section>
      <Section title="Used">
        <Tokens caption="In the last 30 days" rows={tokens_30_days} />
        <Tokens caption="In all" rows={tokens} />
      </Section>
    </>
  );
}

function Numbers({ numbers }: { numbers: [string, number][] }) {
  return (
    <dl className={styles.numbers}>
      {numbers.map(([name, number]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{count(number)}</dd>
        </div>
      ))}
    </dl>
  );
}

/** What is not known is not guessed. */
function cost(usd: number | null): string {
  return usd === null ? "unknown" : `$ ${usd.toFixed(usd < 1 ? 4 : 2)}`;
}

function Tokens({ caption, rows }: { caption: string; rows: Used[] }) {
  return (
    <div className={styles.scroll} tabIndex={0} role="group" aria-label={caption}>
      <table className={styles.table}>
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">Model</th>
            <th scope="col">Turns</th>
            <th scope="col">Requests</th>
            <th scope="col">Tokens read</th>
            <th scope="col">of them cached</th>
            <th scope="col">Tokens written</th>
            <th scope="col">Cost</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.provider} ${row.model}`}>
              <td>{row.model}</td>
              <td>{count(row.turns)}</td>
              <td>{count(row.attempts)}</td>
              <td>{count(row.input_tokens + row.cache_read_tokens + row.cache_write_tokens)}</td>
              <td>{count(row.cache_read_tokens)}</td>
              <td>{count(row.output_tokens)}</td>
              <td>{cost(row.cost_usd)}</td>
            </tr>
          ))}
          {rows.length === 0 && (
            <tr>
              <td colSpan={7}>Nothing yet</td>
            </tr>
          )}
        </tbody>
      </table>
    </div>
  );
}
