// The first page: choose a cast and a topic.
import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { Link } from "wouter";
import { Button } from "@/components/Button";
import { Loading } from "@/components/Loading";
import { CharacterCard } from "@/features/characters/CharacterCard";
import { Wall } from "@/features/characters/Wall";
import { Examples } from "@/features/launch/Examples";
import { Table } from "@/features/launch/Table";
import { TopicField } from "@/features/launch/TopicField";
import { useDraft } from "@/features/launch/useDraft";
import { useLaunch } from "@/features/launch/useLaunch";
import { Shelf } from "@/features/lessons/Shelf";
import { wordsOf } from "@/lib/api";
import { charactersQuery, type Character } from "@/lib/characters";
import type { Config } from "@/lib/config";
import { configQuery } from "@/lib/configQuery";
import { download } from "@/lib/download";
import { lessonsQuery } from "@/lib/lessons";
import { track } from "@/lib/track";
import styles from "./ChoosePage.module.css";

const TOPIC_LIMIT = 1_000;
const FULL = "The table has six seats. Let somebody leave first.";

export function ChoosePage() {
  const config = useQuery(configQuery);
  const characters = useQuery(charactersQuery);
  // Nothing on the page moves when they come; without them it is whole too.
  const lessons = useQuery(lessonsQuery);
  const error = config.error ?? characters.error;
  return (
    <div className={styles.page}>
      <h1 className={styles.title}>What shall they discuss?</h1>
      {config.data && characters.data && !lessons.isPending ? (
        <Choice config={config.data} characters={characters.data} />
      ) : (
        <Loading
          error={error}
          onRetry={() => {
            void config.refetch();
            void characters.refetch();
          }}
        />
      )}
    </div>
  );
}

function Choice({ config, characters }: { config: Config; characters: Character[] }) {
  const topic = useRef<HTMLTextAreaElement>(null);
  const drafting = useDraft(config, characters);
  const [remark, setRemark] = useState<string | null>(null);
  const [open, setOpen] = useState<Character | null>(null);
  const launching = useLaunch(drafting, {
    onNoTopic: () => {
      topic.current?.focus();
    },
  });
  const { draft, seated, change } = drafting;
  const save = () => {
    const body = {
      topic: draft.topic,
      character_ids: seated.map(({ id }) => id),
      turn_order: draft.turnOrder,
    };
    download("/api/lessons/write", "lesson.toml", body).catch((problem: unknown) => {
      setRemark(wordsOf(problem));
    });
  };
  const toggle = (character: Character) => {
    setRemark(drafting.toggle(character.id) ? null : FULL);
  };
  const ids = seated.map(({ id }) => id);
  return (
    <>
      <div className={styles.topic}>
        <TopicField
          ref={topic}
          value={draft.topic}
          limit={config.limits["topic_chars"] ?? TOPIC_LIMIT}
          onChange={(words) => {
            change({ topic: words });
          }}
          onDone={launching.launch}
        />
        <Examples
          examples={(config.topics ?? []).filter(({ text }) => text !== draft.topic)}
          characters={characters}
          onChoose={(example) => {
            setRemark(null);
            change({ topic: example.text, cast: example.cast });
            track("example_chosen", { character_ids: example.cast });
          }}
        />
      </div>
      <div>
        <Shelf layout="row" onSave={launching.ready ? save : undefined} />
      </div>
      <a href="#table" className={styles.skip}>
        Skip the wall, to the table
      </a>
      <Wall
        characters={characters}
        packs={config.packs ?? []}
        chosen={ids}
        onPress={toggle}
        onOpen={(character) => {
          setOpen(character);
          track("card_opened", { character_id: character.id });
        }}
      >
        <p className={styles.own}>
          Somebody is missing? <Link href="/characters">Make a character of your own</Link>.
        </p>
      </Wall>
      <Table drafting={drafting} launching={launching} remark={remark} onOpen={setOpen} />
      {open && (
        <CharacterCard
          character={open}
          onClose={() => {
            setOpen(null);
          }}
        >
          <Button
            kind="primary"
            onClick={() => {
              toggle(open);
              setOpen(null);
            }}
          >
            {ids.includes(open.id) ? "Let them leave the table" : "Invite to the table"}
          </Button>
        </CharacterCard>
      )}
    </>
  );
}
