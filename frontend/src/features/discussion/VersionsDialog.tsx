// The versions of one message, and the way back to one of them.
import { useState } from "react";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { wordsOf } from "@/lib/problem";
import { useLive } from "@/lib/useLive";
import type { Message } from "@/protocol/types";
import { editMessage, type Version } from "./api";
import { Versions } from "./Versions";

export function VersionsDialog({ message, onClose }: { message: Message; onClose: () => void }) {
  const live = useLive();
  const [problem, setProblem] = useState<string | null>(null);
  const goBack = ({ version, text }: Version) => {
    setProblem(null);
    editMessage(live.id, message.id, text, `Back to version ${String(version)}`).then(
      onClose,
      (error: unknown) => {
        setProblem(wordsOf(error));
      },
    );
  };
  return (
    <Dialog title={`Versions: ${message.author.name}`} onClose={onClose} wide>
      {problem && <p role="alert">{problem}</p>}
      <Versions
        message={message}
        action={(version) =>
          !version.current &&
          version.text !== "" && (
            <Button
              onClick={() => {
                goBack(version);
              }}
            >
              Use version {version.version}
            </Button>
          )
        }
      />
    </Dialog>
  );
}
