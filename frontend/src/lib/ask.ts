// The door for questions about the session itself, which come before there is a token.
import { apiUrl } from "./env";
import { ApiError, OFFLINE, problemOf } from "./problem";

interface Credentials {
  bearer?: string | undefined;
  /** The same answer for the same key. */
  key?: string;
}

/** With the cookie; with a token only where one is named. */
export async function ask(
  path: string,
  body: unknown = {},
  { bearer, key }: Credentials = {},
): Promise<Response> {
  const response = await fetch(apiUrl(path), {
    method: "POST",
    credentials: "include",
    headers: {
      "Content-Type": "application/json",
      ...(bearer !== undefined && { Authorization: `Bearer ${bearer}` }),
      ...(key !== undefined && { "Idempotency-Key": key }),
    },
    body: JSON.stringify(body),
  }).catch(() => {
    throw new ApiError(0, "offline", OFFLINE);
  });
  if (!response.ok) throw await problemOf(response);
  return response;
}
