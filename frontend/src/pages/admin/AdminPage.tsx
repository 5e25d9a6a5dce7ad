// For the owner and admins.
import { Admin } from "@/features/admin/Admin";

export default function AdminPage() {
  return <Admin />;
}
