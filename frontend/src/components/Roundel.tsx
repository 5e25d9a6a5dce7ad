// A voice's round sign: its photograph in duotone, its drawn emblem, or its initials. The name stands beside it in text.
import { useState, type CSSProperties } from "react";
import { apiUrl } from "@/lib/env";
import { usePortrait } from "@/lib/portraits";
import styles from "./Roundel.module.css";
import { initialsOf, voiceStyle, type Voice } from "./voice";

interface Props {
  voice: Voice;
  /** In rem, or a CSS length. */
  size?: number | string;
  className?: string | undefined;
}

export function Roundel({ voice, size = 3, className }: Props) {
  const portrait = usePortrait(voice.character_id ?? voice.id);
  const [failed, setFailed] = useState<string[]>([]);
  const url = [portrait?.url, voice.avatar_url].find((one) => one && !failed.includes(one)) ?? null;
  const emblem = url !== null && /\.svg($|\?)/.test(url);
  const photo = url !== null && !emblem;
  const style = {
    ...voiceStyle(voice),
    "--roundel-size": typeof size === "number" ? `${String(size)}rem` : size,
    ...(emblem && { "--emblem": `url("${apiUrl(url)}")` }),
  } as CSSProperties;
  return (
    <span
      aria-hidden
      className={[styles.roundel, photo && styles.photo, className].filter(Boolean).join(" ")}
      style={style}
    >
      {emblem && <span className={styles.emblem} />}
      {photo && (
        <img
          src={apiUrl(url)}
          alt=""
          loading="lazy"
          decoding="async"
          onError={() => {
            setFailed((before) => [...before, url]);
          }}
        />
      )}
      {/* Not text: a control's label would otherwise have to contain it. */}
      {url === null && <span className={styles.initials} data-initials={initialsOf(voice.name)} />}
    </span>
  );
}
