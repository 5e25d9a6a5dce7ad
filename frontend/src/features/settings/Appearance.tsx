// Theme and type size, in this browser.
import { useId } from "react";
import { useTheme, useTypeSize } from "@/lib/hooks";
import { setTheme, setTypeSize, type Theme, type TypeSize } from "@/lib/theme";
import styles from "./Settings.module.css";

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

interface ChoiceProps<T extends string> {
  legend: string;
  options: [T, string][];
  value: T;
  onChange: (value: T) => void;
}

function Choice<T extends string>({ legend, options, value, onChange }: ChoiceProps<T>) {
  const name = useId();
  return (
    <fieldset className={styles.choice}>
      <legend>{legend}</legend>
      <div className={styles.options}>
        {options.map(([option, label]) => (
          <label key={option}>
            <input
              type="radio"
              name={name}
              checked={option === value}
              onChange={() => {
                onChange(option);
              }}
            />
            {label}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
