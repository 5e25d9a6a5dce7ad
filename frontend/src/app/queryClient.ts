// The cache of everything that is fetched: lists, configuration, summaries. Live discussions do not pass through it.
import { QueryClient } from "@tanstack/react-query";
import { ApiError } from "@/lib/api";
import { getSession, subscribeSession } from "@/lib/session";

/** What the server has decided will not change by asking again. */
function worthRetrying(failures: number, error: Error): boolean {
  const decided =
    error instanceof ApiError && error.status >= 400 && error.status < 500 && error.status !== 429;
  return !decided && failures < 2;
}

export const queryClient = new QueryClient({
  defaultOptions: { queries: { retry: worthRetrying, staleTime: 5_000 } },
});

/** Nobody sees what was fetched for whoever sat here before. */
let whose: string | null = null;
subscribeSession(() => {
  const session = getSession();
  const now = session.state === "open" ? session.user.id : null;
  const before = whose;
  whose = now;
  if (before !== null && before !== now) void queryClient.resetQueries({ predicate: isPersonal });
});

function isPersonal({ queryKey }: { queryKey: readonly unknown[] }): boolean {
  return queryKey[0] !== "config";
}
