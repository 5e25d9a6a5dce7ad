// A page whose code comes when it is visited. One that has come is shown at once, without the empty page in between that `Suspense`
// would show, and which React leaves there for 300 ms before it shows anything else.
import { lazy, type ComponentType } from "react";

export interface LaterPage<P> {
  (props: P): React.ReactNode;
  /** Gets the code, so that the page is there when it is asked for. */
  load: () => Promise<unknown>;
}

export function laterPage<P extends object>(
  code: () => Promise<{ default: ComponentType<P> }>,
): LaterPage<P> {
  let there: ComponentType<P> | null = null;
  const load = async () => {
    const module = await code();
    there = module.default;
    return module;
  };
  const Later = lazy(load) as unknown as ComponentType<P>;
  const page = (props: P) => {
    const Page = there ?? Later;
    return <Page {...props} />;
  };
  return Object.assign(page, { load });
}
