// Providers and routes. The first page comes with the first load; the others when they are visited.
import { QueryClientProvider, useQuery } from "@tanstack/react-query";
import { Suspense, useEffect } from "react";
import { Link, Route, Switch, useLocation } from "wouter";
import { configQuery } from "@/lib/configQuery";
import { useSession } from "@/lib/hooks";
import { loadPortraits } from "@/lib/portraits";
import { keepAppearance } from "@/lib/preferences";
import { track, trackInputs } from "@/lib/track";
import { Shell } from "@/components/Shell";
import { ChoosePage } from "@/pages/choose/ChoosePage";
import styles from "./App.module.css";
import { ErrorBoundary } from "./ErrorBoundary";
import { laterPage } from "./page";
import { queryClient } from "./queryClient";

const DiscussionPage = laterPage(() => import("@/pages/discussion/DiscussionPage"));
const HistoryPage = laterPage(() => import("@/pages/history/HistoryPage"));
const CharactersPage = laterPage(() => import("@/pages/characters/CharactersPage"));
const SettingsPage = laterPage(() => import("@/pages/settings/SettingsPage"));
const AdminPage = laterPage(() => import("@/pages/admin/AdminPage"));
const SignInPage = laterPage(() => import("@/pages/signin/SignInPage"));
const StartPage = laterPage(() => import("@/pages/start/StartPage"));

const PAGES = {
  discussions: DiscussionPage,
  history: HistoryPage,
  characters: CharactersPage,
  settings: SettingsPage,
};

/** Gets what the address asks for. A page that cannot be had now says so in its own place. */
export async function loadPage(path: string): Promise<void> {
  const name = path.split("/")[1] ?? "";
  if (name in PAGES) await PAGES[name as keyof typeof PAGES].load().catch(() => undefined);
}

const DOORS = ["sign-in", "invitation", "reset", "confirm"] as const;

function NotFound() {
  return (
    <div className={styles.message}>
      <h1>There is nothing here</h1>
      <p>
        The address may be mistyped. <Link href="/">Start a discussion</Link> or look into the{" "}
        <Link href="/history">history</Link>.
      </p>
    </div>
  );
}

function Routes() {
  const session = useSession();
  return (
    <Switch>
      {DOORS.map((door) => (
        <Route key={door} path={`/${door}`}>
          <SignInPage key={door} door={door} />
        </Route>
      ))}
      <Route path="/start" component={StartPage} />
      {/* In place of whatever was asked for, so that one is there as soon as the session is open. */}
      {session.state === "closed" && (
        <Route>
          <SignInPage door="sign-in" />
        </Route>
      )}
      <Route path="/" component={ChoosePage} />
      <Route path="/discussions/:id">{({ id }) => <DiscussionPage key={id} id={id} />}</Route>
      <Route path="/history" component={HistoryPage} />
      <Route path="/characters" component={CharactersPage} />
      <Route path="/settings" component={SettingsPage} />
      <Route path="/admin" component={AdminPage} />
      <Route component={NotFound} />
    </Switch>
  );
}

/** Whose voices these are, at the foot of every page; and nothing there before it is known. */
function VoicesNotice() {
  const config = useQuery(configQuery);
  if (config.isPending) return <span data-waiting />;
  if (!config.data?.demo) return null;
  return (
    <p>
      No key is set: these are ChatLab’s demo voices. <Link href="/settings">Add a key</Link>
    </p>
  );
}

export function App() {
  const [location] = useLocation();
  useEffect(loadPortraits, []);
  useEffect(keepAppearance, []);
  useEffect(trackInputs, []);
  useEffect(() => {
    track("page_view", { page: location });
  }, [location]);
  return (
    <QueryClientProvider client={queryClient}>
      <Shell notice={<VoicesNotice />}>
        <ErrorBoundary key={location}>
          <Suspense fallback={<div className={styles.waiting} aria-busy="true" data-waiting />}>
            <Routes />
          </Suspense>
        </ErrorBoundary>
      </Shell>
    </QueryClientProvider>
  );
}
