// One lesson, before it begins: what it is for, who takes part, and what the host means to say.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { useLocation } from "wouter";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { Roundel } from "@/components/Roundel";
import { wordsOf } from "@/lib/api";
import { download } from "@/lib/download";
import { newId } from "@/lib/id";
import { startLesson, timeOf, type Lesson } from "@/lib/lessons";
import { track } from "@/lib/track";
import styles from "./LessonDialog.module.css";
import type { OpenedLesson } from "./Shelf";

const LENGTHS: Record<string, string> = {
  short: "short turns",
  normal: "turns of usual length",
  long: "long turns",
};

interface Props {
  opened: OpenedLesson;
  onClose: () => void;
}

export function LessonDialog({ opened: { lesson, source }, onClose }: Props) {
  const [, navigate] = useLocation();
  const queries = useQueryClient();
  const keys = useRef({ real: newId(), rehearsal: newId() });
  const starting = useMutation({
    mutationFn: (rehearsal: boolean) =>
      startLesson(source, rehearsal, rehearsal ? keys.current.rehearsal : keys.current.real),
    onSuccess: (discussion, rehearsal) => {
      track("lesson_started", { lesson: lesson.id ?? "own", rehearsal, discussion_id: discussion.id });
      void queries.invalidateQueries({ queryKey: ["discussions"] });
      navigate(`/discussions/${discussion.id}`);
    },
  });
  const start = (rehearsal: boolean) => () => {
    if (!starting.isPending) starting.mutate(rehearsal);
  };
  return (
    <Dialog title={lesson.title} onClose={onClose} wide>
      <div className={styles.lesson}>
        <p className={styles.topic}>{lesson.topic}</p>
        <Facts lesson={lesson} />
        <ul className={styles.cast}>
          {lesson.cast.map((character) => (
            <li key={character.id}>
              <Roundel voice={character} size={2.25} />
              <span>
                <strong>{character.name}</strong>
                <br />
                {character.tagline}
              </span>
            </li>
          ))}
        </ul>
        {lesson.aims.length > 0 && (
          <section>
            <h3>Aims</h3>
            <ul className={styles.aims}>
              {lesson.aims.map((aim) => (
                <li key={aim}>{aim}</li>
              ))}
            </ul>
          </section>
        )}
        <Plan lesson={lesson} />
        {lesson.notes && (
          <section>
            <h3>For the teacher</h3>
            {lesson.notes.split(/\n{2,}/).map((paragraph) => (
              <p key={paragraph}>{paragraph}</p>
            ))}
          </section>
        )}
        <div className={styles.actions}>
          <Button kind="primary" aria-disabled={starting.isPending} onClick={start(false)} data-autofocus>
            Start this lesson
          </Button>
          <Button
            aria-disabled={starting.isPending}
            title="With the demo voices, whatever is set up"
            onClick={start(true)}
          >
            Rehearse
          </Button>
          {lesson.id !== null && (
            <Button
              kind="quiet"
              onClick={() => void download(`/api/lessons/${lesson.id ?? ""}/file`, "lesson.toml")}
            >
              Save as a file
            </Button>
          )}
          <p className={styles.hint}>Rehearse: the demo voices speak, nothing is spent.</p>
          {starting.error && <p role="alert">{wordsOf(starting.error)}</p>}
        </div>
      </div>
    </Dialog>
  );
}

function Facts({ lesson }: { lesson: Lesson }) {
  const level = lesson.level === "adult" ? "" : `in words for age ${lesson.level}`;
  const facts = [
    lesson.audience,
    lesson.minutes === null ? "" : `${String(lesson.minutes)} minutes`,
    LENGTHS[lesson.length] ?? "",
    level,
  ];
  return <p className={styles.facts}>{facts.filter(Boolean).join(" · ")}</p>;
}

function Plan({ lesson }: { lesson: Lesson }) {
  if (lesson.plan.length === 0) return null;
  return (
    <section>
      <h3>What you may say on the way</h3>
      <ol className={styles.plan}>
        {lesson.plan.map((step) => (
          <li key={step.say}>
            <p className={styles.say}>{step.say}</p>
            <p className={styles.hint}>{[timeOf(step), step.why].filter(Boolean).join(" — ")}</p>
          </li>
        ))}
      </ol>
      <p className={styles.hint}>
        Nothing of it is said by itself: in the discussion each waits for your press.
      </p>
    </section>
  );
}
