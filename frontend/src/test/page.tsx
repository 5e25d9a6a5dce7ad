// A page as it stands in the app, before a server whose answers the test gives.
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactNode } from "react";
import { character } from "./builders";
import { fakeFetch, type Call } from "./fakes";

type Answer = [status: number, body?: unknown];
type Answers = Record<string, (call: Call) => Answer>;

export const CAST = [
  character("john-dewey", "John Dewey", {
    key_ideas: ["Learning by doing: one understands what one tries."],
  }),
  character("maria-montessori", "Maria Montessori", { born: "1870" }),
  character("paulo-freire", "Paulo Freire", { born: "1921", died: "1997" }),
  character("howard-gardner", "Howard Gardner", { born: "1943", died: null, living: true }),
  character("plato", "Plato", { pack: "philosophers", born: "c. 428 BC", died: "c. 348 BC" }),
  character("socrates", "Socrates", { pack: "philosophers" }),
  character("simone-de-beauvoir", "Simone de Beauvoir", { pack: "philosophers" }),
];

export const CONFIG = {
  demo: true,
  version: "1.2.3",
  provider: "demo",
  auth: { mode: "own", guest: true, register: false, providers: [], supabase: null, start: false },
  limits: { topic_chars: 1000, card_chars: 8000 },
  packs: [
    { id: "educational-theorists", name: "Educational theorists", description: "" },
    { id: "philosophers", name: "Philosophers", description: "" },
  ],
  topics: [
    { text: "What is play for?", cast: ["john-dewey", "maria-montessori", "paulo-freire"] },
    { text: "Can virtue be taught?", cast: ["plato", "socrates"] },
  ],
  emblems: ["own-book", "own-owl", "plato"],
  palette: [
    { light: "#111111", dark: "#eeeeee" },
    { light: "#222222", dark: "#dddddd" },
  ],
};

const USER = { id: "u1", kind: "guest", name: "", email: null };

/** Answers `METHOD /path` (without its query) from `own`, then from what every page needs. */
export function fakeServer(own: Answers = {}) {
  const standard: Answers = {
    "GET /api/config": () => [200, CONFIG],
    "GET /api/characters": () => [200, { items: CAST, next_cursor: null }],
    "GET /api/lessons": () => [200, { items: [] }],
    "GET /api/portraits": () => [200, { state: "idle", available: 0, fetched: 0, failed: [], items: {} }],
    "GET /api/me": () => [200, { ...USER, preferences: {} }],
    "GET /api/me/tokens": () => [200, { items: [], next_cursor: null }],
    "GET /api/me/logins": () => [200, { items: [], next_cursor: null }],
    "POST /api/auth/refresh": () => [401, { code: "unauthorized", detail: "No." }],
    "POST /api/auth/guest": () => [200, { access_token: "T", expires_in: 100, user: USER }],
    "POST /api/activity": () => [204],
  };
  return fakeFetch((call) => {
    const name = `${call.method} ${call.path.split("?")[0] ?? ""}`;
    const answer = own[name] ?? standard[name];
    return answer ? answer(call) : [404, { code: "not_found", detail: `Nothing at ${name}.` }];
  });
}

export function open(page: ReactNode, path = "/") {
  window.history.replaceState(null, "", path);
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(<QueryClientProvider client={client}>{page}</QueryClientProvider>);
  return userEvent.setup();
}
