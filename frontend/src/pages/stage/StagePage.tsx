// The projector's view.
import { Stage } from "@/features/stage/Stage";

export default function StagePage({ code }: { code: string }) {
  return <Stage code={code} />;
}
