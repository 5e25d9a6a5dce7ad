// Everyone who can be invited: the built-in ones to read and to copy, one's own to make and to change.
import { useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/Button";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { Page } from "@/components/Page";
import { api } from "@/lib/api";
import { charactersQuery, OWN_PACK, type Character } from "@/lib/characters";
import type { Config } from "@/lib/config";
import { blankCard, cardOf, copyOf } from "./cards";
import { CharacterCard } from "./CharacterCard";
import { CharacterEditor, type Editing } from "./CharacterEditor";
import styles from "./Characters.module.css";
import { Wall } from "./Wall";

const CARD_LIMIT = 8_000;
const FIRST_COLOR = { light: "#46778f", dark: "#acdcf5" };

type Opened = { what: "card" | "delete"; character: Character } | { what: "editor"; editing: Editing } | null;

export function Characters({ config, characters }: { config: Config; characters: Character[] }) {
  const [opened, setOpened] = useState<Opened>(null);
  const [said, setSaid] = useState("");
  const own = characters.filter(({ pack }) => pack === OWN_PACK);
  const palette = config.palette ?? [FIRST_COLOR];
  const close = () => {
    setOpened(null);
  };
  const edit = (editing: Editing) => {
    setOpened({ what: "editor", editing });
  };
  const create = () => {
    const color = palette[own.length % palette.length] ?? FIRST_COLOR;
    edit({ id: null, key: "new", title: "New character", card: blankCard(color) });
  };
  return (
    <Page
      wide
      title="Characters"
      lead="Read what each one thinks, copy whom you would like to change, or make somebody new."
      actions={
        <Button kind="primary" onClick={create}>
          <Plus size={18} aria-hidden />
          New character
        </Button>
      }
    >
      <p role="status" className="visually-hidden">
        {said}
      </p>
      <Wall
        ownFirst
        characters={characters}
        packs={config.packs ?? []}
        onPress={(character) => {
          setOpened({ what: "card", character });
        }}
      />
      {opened?.what === "card" && (
        <CharacterCard character={opened.character} onClose={close}>
          <Actions
            character={opened.character}
            onEdit={edit}
            onDelete={() => {
              setOpened({ what: "delete", character: opened.character });
            }}
          />
        </CharacterCard>
      )}
      {opened?.what === "editor" && (
        <CharacterEditor
          key={opened.editing.key}
          editing={opened.editing}
          palette={palette}
          emblems={config.emblems ?? []}
          limit={config.limits["card_chars"] ?? CARD_LIMIT}
          onSaved={(character) => {
            setSaid(`${character.name} is saved`);
            close();
          }}
          onClose={close}
        />
      )}
      {opened?.what === "delete" && (
        <Deletion
          character={opened.character}
          onDeleted={() => {
            setSaid(`${opened.character.name} is deleted`);
          }}
          onClose={close}
        />
      )}
    </Page>
  );
}

interface ActionsProps {
  character: Character;
  onEdit: (editing: Editing) => void;
  onDelete: () => void;
}

function Actions({ character, onEdit, onDelete }: ActionsProps) {
  const duplicate = () => {
    onEdit({
      id: null,
      key: `copy.${character.id}`,
      title: `A copy of ${character.name}`,
      card: copyOf(character),
    });
  };
  if (character.builtin) {
    return (
      <>
        <Button kind="primary" onClick={duplicate}>
          Duplicate
        </Button>
        <p className={styles.hint}>Built in, so it stays as it is; the copy is yours to change.</p>
      </>
    );
  }
  return (
    <>
      <Button
        kind="primary"
        onClick={() => {
          onEdit({
            id: character.id,
            key: character.id,
            title: `Edit ${character.name}`,
            card: cardOf(character),
          });
        }}
      >
        Edit
      </Button>
      <Button onClick={duplicate}>Duplicate</Button>
      <Button onClick={onDelete}>Delete</Button>
    </>
  );
}

interface DeletionProps {
  character: Character;
  onDeleted: () => void;
  onClose: () => void;
}

function Deletion({ character, onDeleted, onClose }: DeletionProps) {
  const queries = useQueryClient();
  return (
    <ConfirmDialog
      title={`Delete ${character.name}?`}
      action="Delete"
      onConfirm={async () => {
        await api.delete(`/api/characters/${character.id}`);
        await queries.invalidateQueries({ queryKey: charactersQuery.queryKey });
        onDeleted();
      }}
      onClose={onClose}
    >
      It can no longer be invited. Discussions in which it took part stay as they are.
    </ConfirmDialog>
  );
}
