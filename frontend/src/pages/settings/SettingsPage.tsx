// Theme, type size, identity, voices, photographs.
import { Settings } from "@/features/settings/Settings";

export default function SettingsPage() {
  return <Settings />;
}
