// Looks, account, voices, photographs.
import { Account } from "@/features/account/Account";
import { Settings } from "@/features/settings/Settings";

export default function SettingsPage() {
  return <Settings account={<Account />} />;
}
