// A button in one of three weights: the one thing to do next, an ordinary one, and a quiet one.
import type { ComponentProps, MouseEvent, ReactNode } from "react";
import styles from "./Button.module.css";

type Kind = "primary" | "plain" | "quiet";

interface Look {
  kind?: Kind;
  /** Only an icon is seen: give the button an `aria-label`. */
  icon?: boolean;
  children: ReactNode;
}

/** The same look for links: `<Link className={buttonClass("primary")}>`. */
export function buttonClass(kind: Kind = "plain", icon = false, extra?: string): string {
  return [styles.button, kind === "plain" ? null : styles[kind], icon ? styles.icon : null, extra]
    .filter(Boolean)
    .join(" ");
}

export function Button({
  kind = "plain",
  icon = false,
  className,
  type = "button",
  ...rest
}: Look & ComponentProps<"button">) {
  return <button type={type} className={buttonClass(kind, icon, className)} {...rest} />;
}

/** After a press with the mouse the page has the focus again, so that its keys go on working. */
export function releasePointerFocus(event: MouseEvent<HTMLButtonElement>): void {
  if (event.detail > 0) event.currentTarget.blur();
}
