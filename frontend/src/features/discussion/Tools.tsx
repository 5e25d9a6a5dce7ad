// What one can do with a discussion besides leading it: quiet words in the margin.
import { BookOpen, Copy, Download, Keyboard, ListChecks, Share2 } from "lucide-react";
import { useState, type ReactNode } from "react";
import { releasePointerFocus } from "@/components/Button";
import { ExportDialog } from "./ExportDialog";
import { PlanDialog } from "./PlanDialog";
import { ShareDialog } from "./ShareDialog";
import { SummaryDialog } from "./SummaryDialog";
import { copyLooks } from "./takeaway";
import styles from "./Tools.module.css";
import { useLive } from "@/lib/useLive";

interface Props {
  onSeek: (messageId: string) => void;
  onHelp: () => void;
}

const COPY_LABEL = { no: "Copy", done: "Copied", failed: "Not copied" };

export function Tools({ onSeek, onHelp }: Props) {
  const { id } = useLive();
  const [open, setOpen] = useState<"share" | "export" | "summary" | "plan" | null>(null);
  const [copied, setCopied] = useState<"no" | "done" | "failed">("no");
  const close = () => {
    setOpen(null);
  };
  const copy = () => {
    const show = (outcome: "done" | "failed") => () => {
      setCopied(outcome);
      setTimeout(() => {
        setCopied("no");
      }, 2500);
    };
    copyLooks(id).then(show("done"), show("failed"));
  };
  return (
    <aside className={styles.tools} aria-label="Tools">
      <Tool
        icon={<BookOpen size={18} aria-hidden />}
        label="Summary"
        onClick={() => {
          setOpen("summary");
        }}
      />
      <Tool
        icon={<Share2 size={18} aria-hidden />}
        label="Share"
        onClick={() => {
          setOpen("share");
        }}
      />
      <Tool
        icon={<Download size={18} aria-hidden />}
        label="Export"
        onClick={() => {
          setOpen("export");
        }}
      />
      <Tool
        icon={<ListChecks size={18} aria-hidden />}
        label="Plan"
        onClick={() => {
          setOpen("plan");
        }}
      />
      <Tool icon={<Copy size={18} aria-hidden />} label={COPY_LABEL[copied]} onClick={copy} />
      <Tool icon={<Keyboard size={18} aria-hidden />} label="Keys" onClick={onHelp} wideOnly />
      <p role="status" className="visually-hidden">
        {copied === "done" && "Copied"}
      </p>
      {open === "summary" && (
        <SummaryDialog
          onClose={close}
          onSeek={(messageId) => {
            close();
            onSeek(messageId);
          }}
        />
      )}
      {open === "plan" && <PlanDialog onClose={close} />}
      {open === "share" && <ShareDialog onClose={close} />}
      {open === "export" && <ExportDialog onClose={close} />}
    </aside>
  );
}

interface ToolProps {
  icon: ReactNode;
  label: string;
  onClick: () => void;
  wideOnly?: boolean;
}

function Tool({ icon, label, onClick, wideOnly = false }: ToolProps) {
  return (
    <button
      type="button"
      className={styles.tool}
      data-wide-only={wideOnly || undefined}
      onClick={(event) => {
        releasePointerFocus(event);
        onClick();
      }}
    >
      {icon}
      {label}
    </button>
  );
}
