// What can be done with a character, at the foot of its card.
import { Button } from "@/components/Button";
import type { Character } from "@/lib/characters";
import { cardOf, copyOf } from "./cards";
import type { Editing } from "./CharacterEditor";
import styles from "./Characters.module.css";

interface Props {
  character: Character;
  onEdit: (editing: Editing) => void;
  onExport: () => void;
  onDelete: () => void;
}

export function Actions({ character, onEdit, onExport, onDelete }: Props) {
  const { id, name, builtin } = character;
  const picture = character.picture ? character.avatar_url : null;
  const duplicate = () => {
    const copy = {
      id: null,
      key: `copy.${id}`,
      title: `A copy of ${name}`,
      card: copyOf(character),
      picture,
    };
    // The picture, and what its card brought along, go with a copy of one's own.
    onEdit(builtin ? copy : { ...copy, copyOf: id });
  };
  return (
    <>
      {!builtin && (
        <Button
          kind="primary"
          onClick={() => {
            onEdit({ id, key: id, title: `Edit ${name}`, card: cardOf(character), picture });
          }}
        >
          Edit
        </Button>
      )}
      <Button kind={builtin ? "primary" : "plain"} onClick={duplicate}>
        Duplicate
      </Button>
      <Button onClick={onExport}>Export</Button>
      {!builtin && <Button onClick={onDelete}>Delete</Button>}
      {builtin && <p className={styles.hint}>Built in, so it stays as it is; the copy is yours to change.</p>}
    </>
  );
}
