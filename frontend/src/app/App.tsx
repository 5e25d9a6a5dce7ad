// Providers and routes. The first page comes with the first load; the others when they are visited.
import { QueryClientProvider, useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useEffect } from "react";
import { Link, Route, Switch, useLocation } from "wouter";
import { configQuery } from "@/lib/config";
import { useSession } from "@/lib/hooks";
import { loadPortraits } from "@/lib/portraits";
import { keepAppearance } from "@/lib/preferences";
import { track } from "@/lib/track";
import { Shell } from "@/components/Shell";
import { ChoosePage } from "@/pages/choose/ChoosePage";
import styles from "./App.module.css";
import { ErrorBoundary } from "./ErrorBoundary";
import { queryClient } from "./queryClient";

const DiscussionPage = lazy(() => import("@/pages/discussion/DiscussionPage"));
const HistoryPage = lazy(() => import("@/pages/history/HistoryPage"));
const CharactersPage = lazy(() => import("@/pages/characters/CharactersPage"));
const SettingsPage = lazy(() => import("@/pages/settings/SettingsPage"));
const AdminPage = lazy(() => import("@/pages/admin/AdminPage"));
const SignInPage = lazy(() => import("@/pages/signin/SignInPage"));
const StartPage = lazy(() => import("@/pages/start/StartPage"));

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
