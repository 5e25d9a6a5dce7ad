// Theme and type size.
import { Choice } from "@/components/Choice";
import { useTheme, useTypeSize } from "@/lib/hooks";
import { setTheme, setTypeSize, type Theme, type TypeSize } from "@/lib/theme";

const THEMES: [Theme, string][] = [
  ["system", "As the system"],
  ["light", "Light"],
  ["dark", "Dark"],
];
const SIZES: [TypeSize, string][] = [
  ["normal", "Normal"],
  ["large", "Large"],
  ["larger", "Larger"],
];

export function Appearance() {
  return (
    <>
      <Choice legend="Theme" options={THEMES} value={useTheme()} onChange={setTheme} />
      <Choice legend="Type size" options={SIZES} value={useTypeSize()} onChange={setTypeSize} />
    </>
  );
}
