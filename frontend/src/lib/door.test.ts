import { expect, it, vi } from "vitest";
import { api } from "./api";
import { askForTicket, hostDoor } from "./door";

it("the first ticket may have been asked for before the door was there, once and for this discussion", async () => {
  let last = 0;
  const post = vi
    .spyOn(api, "post")
    .mockImplementation(() => Promise.resolve({ ticket: `T${String(++last)}` }));
  askForTicket("d1");
  const door = hostDoor("d1");
  expect(await door.ticket()).toEqual({ ticket: "T1", discussion_id: "d1" });
  expect(await door.ticket()).toMatchObject({ ticket: "T2" });
  askForTicket("d1");
  expect(await hostDoor("d2").ticket()).toEqual({ ticket: "T4", discussion_id: "d2" });
  expect(await door.ticket()).toMatchObject({ ticket: "T5" });
  expect(post).toHaveBeenCalledTimes(5);
});

it("a ticket that could not be had early is asked for again", async () => {
  const post = vi.spyOn(api, "post").mockRejectedValueOnce(new Error("offline"));
  askForTicket("d1");
  post.mockResolvedValueOnce({ ticket: "T1" });
  expect(await hostDoor("d1").ticket()).toMatchObject({ ticket: "T1" });
});
