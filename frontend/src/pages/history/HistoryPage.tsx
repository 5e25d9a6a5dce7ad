// The discussions so far.
import { History } from "@/features/history/History";
import { Shelf } from "@/features/lessons/Shelf";

export default function HistoryPage() {
  return <History empty={<Shelf layout="grid" />} />;
}
