/** Waits until what was changed is on the screen: the transcript is repainted once a frame at most, so that is the second one from now. */
export function whenPainted(then: () => void): void {
  requestAnimationFrame(() => requestAnimationFrame(then));
}
