// A QR code as one SVG path. Always dark on light: many cameras do not read the inverse.
import { useMemo } from "react";
import { encode } from "uqr";
import styles from "./QrCode.module.css";

interface Props {
  text: string;
  label: string;
  className?: string | undefined;
}

export function QrCode({ text, label, className }: Props) {
  const { size, path } = useMemo(() => drawn(text), [text]);
  return (
    <svg
      role="img"
      aria-label={label}
      className={[styles.code, className].filter(Boolean).join(" ")}
      viewBox={`0 0 ${String(size)} ${String(size)}`}
      shapeRendering="crispEdges"
    >
      <path d={path} />
    </svg>
  );
}

function drawn(text: string): { size: number; path: string } {
  const { data, size } = encode(text, { ecc: "M", border: 3 });
  const path = data.flatMap((row, y) =>
    row.map((dark, x) => (dark ? `M${String(x)} ${String(y)}h1v1h-1z` : "")),
  );
  return { size, path: path.join("") };
}
