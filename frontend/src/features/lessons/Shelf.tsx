// Ready-made lessons, to be opened and begun; and the way in for a lesson file of one's own.
import { useQuery } from "@tanstack/react-query";
import { FileInput, FileOutput } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { Button } from "@/components/Button";
import { Roundel } from "@/components/Roundel";
import { lessonsQuery, type Lesson, type Source } from "@/lib/lessons";
import styles from "./Shelf.module.css";

const LessonDialog = lazy(() =>
  import("./LessonDialog").then((module) => ({ default: module.LessonDialog })),
);
const OpenDialog = lazy(() => import("./OpenDialog").then((module) => ({ default: module.OpenDialog })));

export interface OpenedLesson {
  lesson: Lesson;
  source: Source;
}

interface Props {
  /** In one row that can be pushed sideways, or one below the other. */
  layout: "row" | "grid";
  /** Saves what is chosen on this page as a lesson file; left out where nothing is. */
  onSave?: (() => void) | undefined;
}

export function Shelf({ layout, onSave }: Props) {
  const lessons = useQuery(lessonsQuery).data ?? [];
  const [opened, setOpened] = useState<OpenedLesson | "file" | null>(null);
  const close = () => {
    setOpened(null);
  };
  if (lessons.length === 0) return null;
  return (
    <section className={styles.shelf} data-layout={layout} aria-labelledby="lessons">
      <div className={styles.head}>
        <h2 id="lessons" className={styles.title}>
          Ready-made lessons
        </h2>
        <Button
          kind="quiet"
          className={styles.tool}
          onClick={() => {
            setOpened("file");
          }}
        >
          <FileInput size={16} aria-hidden />
          Open a file
        </Button>
        {onSave && (
          <Button kind="quiet" className={styles.tool} onClick={onSave}>
            <FileOutput size={16} aria-hidden />
            Save this table
          </Button>
        )}
      </div>
      <ul className={styles.list}>
        {lessons.map((lesson) => (
          <li key={lesson.id}>
            <button
              type="button"
              className={styles.lesson}
              onClick={() => {
                setOpened({ lesson, source: { lesson: lesson.id ?? "" } });
              }}
            >
              <span className={styles.name}>{lesson.title}</span>
              <span className={styles.facts}>
                {lesson.audience.split(";")[0]}
                {lesson.minutes !== null && ` · ${String(lesson.minutes)}\u00a0min`}
              </span>
              <span className={styles.cast}>
                {lesson.cast.map((character) => (
                  <Roundel key={character.id} voice={character} size={1.75} />
                ))}
              </span>
            </button>
          </li>
        ))}
      </ul>
      <Suspense fallback={null}>
        {opened === "file" && <OpenDialog onOpen={setOpened} onClose={close} />}
        {opened !== null && opened !== "file" && <LessonDialog opened={opened} onClose={close} />}
      </Suspense>
    </section>
  );
}
