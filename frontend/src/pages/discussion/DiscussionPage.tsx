// One discussion, live.
import { Discussion } from "@/features/discussion/Discussion";

export default function DiscussionPage({ id }: { id: string }) {
  return <Discussion id={id} />;
}
