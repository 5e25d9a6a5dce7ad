// What can be done with one turn: a quiet line under it, opened at the time beside the name.
import { useState } from "react";
import { useLocation } from "wouter";
import { Button } from "@/components/Button";
import { usageOf } from "@/components/transcript/words";
import { copyText } from "@/lib/clipboard";
import { CommandError } from "@/lib/socket";
import { useLive } from "@/lib/useLive";
import { wordsOf } from "@/lib/problem";
import type { Message } from "@/protocol/types";
import { forkAt } from "./api";
import { EditDialog } from "./EditDialog";
import { StrikeDialog } from "./StrikeDialog";
import styles from "./TurnTools.module.css";
import { VersionsDialog } from "./VersionsDialog";

interface Props {
  id: string;
  /** Null while it is being spoken: then it can only be struck. */
  message: Message | null;
}

export function TurnTools({ id, message }: Props) {
  const live = useLive();
  const [problem, setProblem] = useState<string | null>(null);
  const run = (doing: Promise<unknown>) => {
    setProblem(null);
    doing.catch((error: unknown) => {
      setProblem(error instanceof CommandError ? error.message : wordsOf(error));
    });
  };
  return (
    <div className={styles.tools}>
      {message && <Facts message={message} />}
      <div className={styles.actions} role="group" aria-label="This turn">
        {message ? (
          <Kept message={message} run={run} />
        ) : (
          // At once: while one reads a question it would go on being read.
          <Action
            label="Strike at once"
            onPress={() => {
              run(live.send({ type: "strike", message_id: id }));
            }}
          />
        )}
      </div>
      {problem && (
        <p role="alert" className={styles.problem}>
          {problem}
        </p>
      )}
    </div>
  );
}

function Facts({ message }: { message: Message }) {
  const facts = usageOf(message.usage);
  if (message.version > 1) facts.unshift(`version ${String(message.version)}`);
  return facts.length === 0 ? null : <p className={styles.facts}>{facts.join(" · ")}</p>;
}

type Asked = "edit" | "strike" | "versions" | null;

function Kept({ message, run }: { message: Message; run: (doing: Promise<unknown>) => void }) {
  const live = useLive();
  const [, navigate] = useLocation();
  const [asked, setAsked] = useState<Asked>(null);
  const [copied, setCopied] = useState(false);
  const close = () => {
    setAsked(null);
  };
  const { id, author, text, status, finish } = message;
  const spoken = author.kind === "character";
  const cutOff = text !== "" && (status === "stopped" || status === "interrupted" || finish === "length");
  return (
    <>
      {spoken && cutOff && (
        <Action
          label="Continue"
          onPress={() => {
            run(live.send({ type: "continue", message_id: id }));
          }}
        />
      )}
      {spoken && (
        <Action
          label="Say it again"
          onPress={() => {
            run(live.send({ type: "regenerate", message_id: id }));
          }}
        />
      )}
      <Action
        label="Edit"
        onPress={() => {
          setAsked("edit");
        }}
      />
      <Action
        label={copied ? "Copied" : "Copy"}
        onPress={() => {
          run(
            copyText(Promise.resolve(`${author.name}: ${text}`)).then(() => {
              setCopied(true);
            }),
          );
        }}
      />
      <Action
        label="Fork from here"
        onPress={() => {
          run(
            forkAt(live.id, id).then((fork) => {
              navigate(`/discussions/${fork.id}`);
            }),
          );
        }}
      />
      <Action
        label="Versions"
        onPress={() => {
          setAsked("versions");
        }}
      />
      <Action
        label="Strike"
        onPress={() => {
          setAsked("strike");
        }}
      />
      {asked === "edit" && <EditDialog message={message} onClose={close} />}
      {asked === "strike" && <StrikeDialog message={message} onClose={close} />}
      {asked === "versions" && <VersionsDialog message={message} onClose={close} />}
    </>
  );
}

function Action({ label, onPress }: { label: string; onPress: () => void }) {
  return (
    <Button kind="quiet" className={styles.action} onClick={onPress}>
      {label}
    </Button>
  );
}
