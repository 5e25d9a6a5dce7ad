// The time of day as this device writes it.
let made: Intl.DateTimeFormat | undefined;

/** Made once: a browser takes longer for its first one than for all the rest of a message. */
export function clock(): Intl.DateTimeFormat {
  made ??= new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
  return made;
}
