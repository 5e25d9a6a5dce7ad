// The discussions so far.
import { History } from "@/features/history/History";

export default function HistoryPage() {
  return <History />;
}
