// A lesson file is opened: read by the server, and what is wrong with it is told line by line.
import { useMutation } from "@tanstack/react-query";
import { Dialog } from "@/components/Dialog";
import { DropZone } from "@/components/DropZone";
import { Notice } from "@/components/Notice";
import { ApiError, wordsOf } from "@/lib/api";
import { checkLesson } from "@/lib/lessons";
import styles from "./OpenDialog.module.css";
import type { OpenedLesson } from "./Shelf";

interface Props {
  onOpen: (opened: OpenedLesson) => void;
  onClose: () => void;
}

export function OpenDialog({ onOpen, onClose }: Props) {
  const reading = useMutation({
    mutationFn: async (file: File) => {
      const text = await file.text();
      return { lesson: await checkLesson(text), source: { file: text } };
    },
    onSuccess: onOpen,
  });
  const errors = reading.error instanceof ApiError ? reading.error.fields : [];
  return (
    <Dialog title="Open a lesson file" onClose={onClose}>
      <div className={styles.open}>
        <p>
          A lesson file says in plain words who discusses what, how long their turns are, and what you mean to
          say on the way. Save a ready-made lesson or a discussion as a file, change it in any text editor,
          and open it here.
        </p>
        <DropZone
          label="Choose a lesson file"
          accept=".toml,.txt,text/plain,application/toml"
          busy={reading.isPending}
          onFiles={([file]) => {
            if (file) reading.mutate(file);
          }}
        />
        {reading.error && (
          <Notice kind="problem">
            {errors.length > 0 ? "This file cannot be read yet:" : wordsOf(reading.error)}
            {errors.length > 0 && (
              <ul className={styles.errors}>
                {errors.map(({ field, message }) => (
                  <li key={field + message}>
                    <strong>{field.replace("line", "Line")}:</strong> {message}
                  </li>
                ))}
              </ul>
            )}
          </Notice>
        )}
      </div>
    </Dialog>
  );
}
