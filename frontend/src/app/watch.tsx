// Mounts what observers see: the smallest form of the page, without accounts, routes and queries.
import { lazy, Suspense, useEffect } from "react";
import { loadPortraits } from "@/lib/portraits";
import { codeOf } from "@/lib/watch";
import { WatchPage } from "@/pages/watch/WatchPage";
import { ErrorBoundary } from "./ErrorBoundary";
import { mount } from "./mount";

const StagePage = lazy(() => import("@/pages/stage/StagePage"));

function WatchApp() {
  useEffect(loadPortraits, []);
  const code = codeOf(window.location.pathname.split("/")[2] ?? "");
  const stage = new URLSearchParams(window.location.search).get("view") === "stage";
  return (
    <ErrorBoundary>
      {stage && code !== "" ? (
        <Suspense>
          <StagePage code={code} />
        </Suspense>
      ) : (
        <WatchPage code={code} />
      )}
    </ErrorBoundary>
  );
}

mount(<WatchApp />);
