// How the character being made will look on the wall.
import { Roundel } from "@/components/Roundel";
import type { Card } from "./cards";
import styles from "./Preview.module.css";

/** A voice that the roundel can show, before the server knows it. */
export function voiceOf(card: Pick<Card, "name" | "color" | "color_dark" | "emblem">) {
  return {
    name: card.name.trim() || "?",
    color: card.color,
    color_dark: card.color_dark,
    avatar_url: card.emblem === null ? null : `/api/emblems/${card.emblem}.svg`,
  };
}

export function Preview({ card, picture }: { card: Card; picture: string | null }) {
  const voice = voiceOf(card);
  return (
    <div className={styles.preview} aria-hidden>
      <Roundel voice={picture === null ? voice : { ...voice, avatar_url: picture }} size={6.5} />
      <div>
        <p className={styles.name}>{card.name.trim() || "Somebody new"}</p>
        <p className={styles.tagline}>{card.tagline.trim() || "One line that makes one curious"}</p>
      </div>
    </div>
  );
}
