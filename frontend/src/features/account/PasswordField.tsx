// A line for a password, which can be looked at while it is typed.
import { useState } from "react";
import { Field } from "@/components/Field";
import styles from "./Account.module.css";

interface Props {
  label: string;
  value: string;
  onValue: (value: string) => void;
  autoComplete: "current-password" | "new-password";
  hint?: string | undefined;
  problem?: string | undefined;
}

export function PasswordField(props: Props) {
  const [shown, setShown] = useState(false);
  return (
    <div>
      <Field {...props} type={shown ? "text" : "password"} />
      <label className={styles.check}>
        <input
          type="checkbox"
          checked={shown}
          onChange={(event) => {
            setShown(event.target.checked);
          }}
        />
        <span className={styles.soft}>Show what I type</span>
      </label>
    </div>
  );
}
