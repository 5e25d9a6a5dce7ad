// The keys that lead a discussion, asked for in one.
import { Dialog } from "@/components/Dialog";
import { KeyList } from "@/components/KeyList";

export function HelpDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keys" onClose={onClose}>
      <KeyList />
    </Dialog>
  );
}
