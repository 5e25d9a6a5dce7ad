// Dragging a seat along the table with a mouse or a finger: it changes places with those it passes.
import { useRef, useState, type PointerEvent } from "react";

/** Less than this far is a press and no drag. */
const THRESHOLD_PX = 6;

interface Drag {
  id: string;
  pointer: number;
  x: number;
  y: number;
  moving: boolean;
}

/** `place` is asked for each child of the list that the pointer comes over, `drop` once where it was let go. */
export function useDrag(place: (id: string, index: number) => void, drop?: () => void) {
  const drag = useRef<Drag | null>(null);
  const [dragged, setDragged] = useState<string | null>(null);

  const end = () => {
    if (drag.current?.moving) drop?.();
    drag.current = null;
    setDragged(null);
  };
  return {
    dragged,
    /** For the list. The list holds the pointer: its children are moved about while it is held. */
    list: {
      onPointerMove(event: PointerEvent<HTMLElement>) {
        const now = drag.current;
        if (now?.pointer !== event.pointerId) return;
        if (!now.moving) {
          if (Math.hypot(event.clientX - now.x, event.clientY - now.y) < THRESHOLD_PX) return;
          now.moving = true;
          event.currentTarget.setPointerCapture(event.pointerId);
          setDragged(now.id);
        }
        const index = Array.from(event.currentTarget.children).findIndex((child) => {
          const box = child.getBoundingClientRect();
          return (
            event.clientX >= box.left &&
            event.clientX < box.right &&
            event.clientY >= box.top - box.height &&
            event.clientY < box.bottom + box.height
          );
        });
        if (index >= 0) place(now.id, index);
      },
      onPointerUp: end,
      onPointerCancel: end,
    },
    /** For the seat of `id`. */
    start(id: string) {
      return (event: PointerEvent<HTMLElement>) => {
        if (event.button !== 0) return;
        drag.current = {
          id,
          pointer: event.pointerId,
          x: event.clientX,
          y: event.clientY,
          moving: false,
        };
      };
    },
  };
}
