// Which model speaks for the characters, how to give them one, and whether it answers.
import { useMutation } from "@tanstack/react-query";
import { Button } from "@/components/Button";
import { Notice } from "@/components/Notice";
import { api, wordsOf } from "@/lib/api";
import type { Config } from "@/lib/config";
import styles from "./Settings.module.css";

const PROVIDERS: Record<string, string> = {
  anthropic: "Anthropic’s model speaks for the characters.",
  openai: "OpenAI’s model speaks for the characters.",
  external: "A model on a server of your choice speaks for the characters.",
};

export function Voices({ config }: { config: Config }) {
  if (!config.demo) return <Models provider={config.provider ?? ""} />;
  return (
    <>
      <p>
        No key is set: these are ChatLab’s demo voices. They put their turns together from each character’s
        own ideas and what was said last, without any model.
      </p>
      <p>
        For a real model, write one of these lines into a file named .env beside ChatLab and start it again:
      </p>
      <ul className={styles.lines}>
        <li>
          <code>ANTHROPIC_API_KEY=…</code> <span>a key from Anthropic</span>
        </li>
        <li>
          <code>OPENAI_API_KEY=…</code> <span>a key from OpenAI</span>
        </li>
        <li>
          <code>EXTERNAL_API_BASE_URL=…</code>{" "}
          <span>any compatible server, such as Ollama on this machine: http://127.0.0.1:11434/v1</span>
        </li>
      </ul>
      <p className={styles.soft}>The key stays on the server. No page ever shows it.</p>
    </>
  );
}

interface Tested {
  provider: string;
  title: string;
  model: string;
  works: boolean;
  /** What happened and what to do. */
  text: string;
  duration_ms: number;
}

function Models({ provider }: { provider: string }) {
  const testing = useMutation({ mutationFn: () => api.post<{ items: Tested[] }>("/api/providers/test") });
  return (
    <>
      <p>{PROVIDERS[provider] ?? "A model speaks for the characters."}</p>
      <Button
        className={styles.action}
        aria-disabled={testing.isPending}
        onClick={() => {
          if (!testing.isPending) testing.mutate();
        }}
      >
        {testing.isPending ? "Asking…" : "Test"}
      </Button>
      <div role="status" aria-live="polite">
        {testing.error && <Notice kind="problem">{wordsOf(testing.error)}</Notice>}
        {testing.data && (
          <ul className={styles.lines}>
            {testing.data.items.map((item) => (
              <li key={item.provider}>
                <strong>{item.title.replace(/^the/, "The")}</strong>
                <span>
                  {item.text}
                  {item.works && ` It took ${(item.duration_ms / 1000).toFixed(1)} s.`}
                </span>
              </li>
            ))}
          </ul>
        )}
      </div>
      <p className={styles.soft}>
        The test asks each model for one word, which costs next to nothing. Keys stay on the server.
      </p>
    </>
  );
}
