// Which model speaks for the characters, and how to give them one.
import type { Config } from "@/lib/config";
import styles from "./Settings.module.css";

const PROVIDERS: Record<string, string> = {
  anthropic: "Anthropic’s model speaks for the characters.",
  openai: "OpenAI’s model speaks for the characters.",
  external: "A model on a server of your choice speaks for the characters.",
};

export function Voices({ config }: { config: Config }) {
  if (!config.demo) return <p>{PROVIDERS[config.provider ?? ""] ?? "A model speaks for the characters."}</p>;
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
