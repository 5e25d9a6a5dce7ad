// Everyone who can be invited: the built-in ones to read and to copy, one's own to make and to change.
import { useQueryClient } from "@tanstack/react-query";
import { FileInput, Package, Plus } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { Button } from "@/components/Button";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { Page } from "@/components/Page";
import { api } from "@/lib/api";
import { charactersQuery, OWN_PACK, type Character } from "@/lib/characters";
import type { Config } from "@/lib/config";
import { Actions } from "./Actions";
import { blankCard } from "./cards";
import { CharacterCard } from "./CharacterCard";
import { CharacterEditor, type Editing } from "./CharacterEditor";
import styles from "./Characters.module.css";
import { useDropped } from "./useDropped";
import { Wall } from "./Wall";

const ImportDialog = lazy(() =>
  import("./ImportDialog").then((module) => ({ default: module.ImportDialog })),
);
const CardExport = lazy(() => import("./ExportDialogs").then((module) => ({ default: module.CardExport })));
const PackExport = lazy(() => import("./ExportDialogs").then((module) => ({ default: module.PackExport })));

const CARD_LIMIT = 8_000;
const FIRST_COLOR = { light: "#46778f", dark: "#acdcf5" };

type Opened =
  | { what: "card" | "delete" | "export"; character: Character }
  | { what: "editor"; editing: Editing }
  | { what: "import"; files: File[] }
  | { what: "pack" }
  | null;

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
  const over = useDropped((files) => {
    setOpened({ what: "import", files });
  });
  const create = () => {
    const color = palette[own.length % palette.length] ?? FIRST_COLOR;
    edit({ id: null, key: "new", title: "New character", card: blankCard(color) });
  };
  return (
    <Page
      wide
      title="Characters"
      lead="Read what each one thinks, copy whom you would like to change, make somebody new, or drop a character card here."
      actions={
        <div className={styles.actions}>
          <Button
            onClick={() => {
              setOpened({ what: "import", files: [] });
            }}
          >
            <FileInput size={18} aria-hidden />
            Bring along
          </Button>
          {own.length > 0 && (
            <Button
              onClick={() => {
                setOpened({ what: "pack" });
              }}
            >
              <Package size={18} aria-hidden />
              Share
            </Button>
          )}
          <Button kind="primary" onClick={create}>
            <Plus size={18} aria-hidden />
            New character
          </Button>
        </div>
      }
    >
      <p role="status" className="visually-hidden">
        {said}
      </p>
      {over && <p className={styles.over}>Drop the cards here</p>}
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
            onExport={() => {
              setOpened({ what: "export", character: opened.character });
            }}
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
      <Suspense fallback={null}>
        {opened?.what === "import" && <ImportDialog files={opened.files} onClose={close} />}
        {opened?.what === "export" && <CardExport character={opened.character} onClose={close} />}
        {opened?.what === "pack" && <PackExport own={own} onClose={close} />}
      </Suspense>
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
