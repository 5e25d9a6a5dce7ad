// The user as the server knows them just now.
import { queryOptions } from "@tanstack/react-query";
import { api } from "./api";
import { adoptUser, type User } from "./session";

export const meQuery = queryOptions({
  queryKey: ["me"],
  retryOnMount: false,
  queryFn: async ({ signal }) => {
    const user = await api.get<User>("/api/me", signal);
    adoptUser(user);
    return user;
  },
});
