// A character's card: life, ideas, works, quarrels, what is contested, and whose photograph it is.
import type { ReactNode } from "react";
import { Dialog } from "@/components/Dialog";
import { Roundel } from "@/components/Roundel";
import { voiceStyle } from "@/components/voice";
import { datesOf, type Character, type Portrait } from "@/lib/characters";
import { usePortrait } from "@/lib/portraits";
import styles from "./CharacterCard.module.css";

interface Props {
  character: Character;
  onClose: () => void;
  /** What can be done with the character, at the card's foot. */
  children?: ReactNode;
}

export function CharacterCard({ character, onClose, children }: Props) {
  return (
    <Dialog title={character.name} onClose={onClose} wide>
      <div className={styles.card} style={voiceStyle(character)}>
        <Head character={character} />
        <Ideas character={character} />
        <Works works={character.works} />
        {character.quotation && (
          <figure className={styles.quotation}>
            <blockquote>“{character.quotation.text}”</blockquote>
            <figcaption>{character.quotation.source}</figcaption>
          </figure>
        )}
        <Lines title="Would object" lines={character.dissent} />
        <Lines title="Handled with care" lines={character.cautions} />
        {children && <div className={styles.actions}>{children}</div>}
      </div>
    </Dialog>
  );
}

function Head({ character }: { character: Character }) {
  const portrait = usePortrait(character.id) ?? character.portrait ?? null;
  const dates = datesOf(character);
  return (
    <div className={styles.head}>
      <figure className={styles.portrait}>
        <Roundel voice={character} size={10} />
        {portrait && <Attribution portrait={portrait} />}
      </figure>
      <div className={styles.life}>
        {(dates || character.living) && (
          <p className={styles.dates}>
            {dates}
            {character.living && <span className={styles.living}>living</span>}
          </p>
        )}
        {character.tagline && <p className={styles.tagline}>{character.tagline}</p>}
        {character.bio && <p>{character.bio}</p>}
      </div>
    </div>
  );
}

function Attribution({ portrait }: { portrait: Portrait }) {
  return (
    <figcaption className={styles.attribution}>
      Photograph: {portrait.author}, {portrait.licence},{" "}
      <a href={portrait.source_url} target="_blank" rel="noreferrer noopener">
        Wikimedia Commons
      </a>
      ; coloured here
    </figcaption>
  );
}

function Ideas({ character }: { character: Character }) {
  const ideas = character.ideas ?? character.key_ideas.map((name) => ({ name, text: "" }));
  if (ideas.length === 0) return null;
  return (
    <section>
      <h3>Key ideas</h3>
      <dl className={styles.ideas}>
        {ideas.map((idea) => (
          <div key={idea.name}>
            <dt>{idea.name}</dt>
            {idea.text && <dd>{idea.text}</dd>}
          </div>
        ))}
      </dl>
    </section>
  );
}

function Works({ works }: { works: Character["works"] }) {
  if (works.length === 0) return null;
  return (
    <section>
      <h3>Works</h3>
      <ul className={styles.works}>
        {works.map((work) => (
          <li key={work.title}>
            <cite>{work.title}</cite> {work.year !== null && <span className={styles.year}>{work.year}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Lines({ title, lines }: { title: string; lines: string[] | undefined }) {
  if (!lines || lines.length === 0) return null;
  return (
    <section>
      <h3>{title}</h3>
      <ul className={styles.lines}>
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </section>
  );
}
