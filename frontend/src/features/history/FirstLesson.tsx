// An empty history shows one good lesson to start with.
import { useQuery } from "@tanstack/react-query";
import { useLocation } from "wouter";
import { Button } from "@/components/Button";
import { Roundel } from "@/components/Roundel";
import { charactersQuery } from "@/lib/characters";
import { configQuery } from "@/lib/configQuery";
import { DRAFT_KEY, type Draft } from "@/lib/draft";
import { writeKept } from "@/lib/kept";
import styles from "./FirstLesson.module.css";

export function FirstLesson() {
  const [, navigate] = useLocation();
  const config = useQuery(configQuery);
  const characters = useQuery(charactersQuery);
  const lesson = config.data?.topics?.[0];
  if (!lesson || !characters.data)
    return (
      <p className={styles.waiting} data-waiting>
        Nothing has been discussed yet.
      </p>
    );
  const cast = lesson.cast.flatMap((id) => characters.data.find((character) => character.id === id) ?? []);
  const start = () => {
    const draft: Draft = {
      topic: lesson.text,
      cast: lesson.cast,
      turnOrder: "balanced",
      perspectives: false,
    };
    writeKept(DRAFT_KEY, draft);
    navigate("/");
  };
  return (
    <section className={styles.lesson} aria-labelledby="first-lesson">
      <p className={styles.lead}>Nothing has been discussed yet. Here is a good question to start with.</p>
      <div className={styles.cast}>
        {cast.map((character) => (
          <Roundel key={character.id} voice={character} size={5} />
        ))}
      </div>
      <h2 id="first-lesson" className={styles.topic}>
        {lesson.text}
      </h2>
      <p className={styles.names}>with {cast.map(({ name }) => name).join(", ")}</p>
      <Button kind="primary" onClick={start}>
        Start with this
      </Button>
    </section>
  );
}
