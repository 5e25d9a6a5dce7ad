import { fireEvent, render, screen } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { useKeys } from "./useKeys";

function steer(byThemselves: boolean) {
  const does = { next: vi.fn(), stop: vi.fn(), speaker: vi.fn(), help: vi.fn() };
  const endAuto = vi.fn();
  function Page() {
    useKeys({ ...does, endAuto: byThemselves ? endAuto : null });
    return (
      <>
        <button>Mute</button>
        <textarea aria-label="Message" />
      </>
    );
  }
  render(<Page />);
  /** Whether the page left the key to the control. */
  const press = (key: string) => fireEvent.keyDown(document.activeElement ?? document.body, { key });
  return { ...does, endAuto, press };
}

describe("keys", () => {
  it("steer where nothing has the focus", () => {
    const { press, next, speaker, help, stop } = steer(false);
    expect(press(" ")).toBe(false);
    press("3");
    press("?");
    press("Escape");
    expect(next).toHaveBeenCalledTimes(1);
    expect(speaker).toHaveBeenCalledWith(3);
    expect(help).toHaveBeenCalledTimes(1);
    expect(stop).toHaveBeenCalledTimes(1);
  });

  it("are the button's where one has the focus, but for Escape", () => {
    const { press, next, stop } = steer(false);
    screen.getByRole("button").focus();
    expect(press(" ")).toBe(true);
    press("Escape");
    expect(next).not.toHaveBeenCalled();
    expect(stop).toHaveBeenCalledTimes(1);
  });

  it("end what goes by itself, also where a button has the focus, whose own keys go on working", () => {
    const { press, endAuto, next, stop } = steer(true);
    press("k");
    screen.getByRole("button").focus();
    press("3");
    expect(press("Enter")).toBe(true);
    expect(endAuto).toHaveBeenCalledTimes(3);
    press("Escape");
    expect(stop).toHaveBeenCalledTimes(1);
    press("Tab");
    press("ArrowDown");
    expect(endAuto).toHaveBeenCalledTimes(3);
    expect(next).not.toHaveBeenCalled();
  });

  it("are words where somebody writes", () => {
    const { press, endAuto, stop } = steer(true);
    screen.getByRole("textbox").focus();
    expect(press("k")).toBe(true);
    press("Escape");
    expect(endAuto).not.toHaveBeenCalled();
    expect(stop).not.toHaveBeenCalled();
  });
});
