// The character's own picture: chosen, looked at in its roundel, taken away again. Sent when the character is saved.
import { useEffect, useMemo } from "react";
import { Button } from "@/components/Button";
import { DropZone } from "@/components/DropZone";
import styles from "./Choices.module.css";

/** `undefined`: as it is; `null`: none any more; a file: this one. */
export type Picked = File | null | undefined;

/** The address of a picture that is only in this page. */
export function usePictureUrl(picked: Picked): string | null {
  const url = useMemo(() => (picked ? URL.createObjectURL(picked) : null), [picked]);
  useEffect(
    () => () => {
      if (url !== null) URL.revokeObjectURL(url);
    },
    [url],
  );
  return url;
}

interface Props {
  /** There is one, kept or picked. */
  present: boolean;
  onPick: (picked: Picked) => void;
}

export function PictureChoice({ present, onPick }: Props) {
  return (
    <fieldset className={styles.choice}>
      <legend>Picture</legend>
      <DropZone
        label={present ? "Choose another picture" : "Choose a picture"}
        accept="image/png,image/jpeg,image/webp"
        onFiles={([file]) => {
          if (file) onPick(file);
        }}
      />
      <p className={styles.hint}>
        PNG, JPEG or WebP. It is cut to a square; where it was taken, and with what, is not kept.
      </p>
      {present && (
        <Button
          kind="quiet"
          onClick={() => {
            onPick(null);
          }}
        >
          No picture
        </Button>
      )}
    </fieldset>
  );
}
