// Watching on a phone, or the field for a code.
import { CodeField } from "@/features/watch/CodeField";
import { Watch } from "@/features/watch/Watch";

export function WatchPage({ code }: { code: string }) {
  return code === "" ? <CodeField /> : <Watch code={code} />;
}
