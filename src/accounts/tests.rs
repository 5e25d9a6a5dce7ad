use super::*;

const MINE: Asker = Asker { key: Some("mine"), alone: false };

struct Place {
    accounts: Accounts,
    store: Store,
    _dir: tempfile::TempDir,
}

fn settings(guest_access: bool) -> Settings {
    Settings { jwt_secret: None, guest_access, registration: Registration::Open, admin_emails: vec![], supabase: None }
}

async fn place(guest_access: bool) -> Place {
    let dir = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}", dir.path().join("test.db").display()).parse().expect("a database URL");
    let store = Store::open(&crate::store::Settings::new(url)).expect("opened");
    let accounts = Accounts::open(store.clone(), settings(guest_access)).await.expect("opened");
    Place { accounts, store, _dir: dir }
}

fn refused<T>(result: Result<T, AccountsError>) -> bool {
    matches!(result, Err(AccountsError::Unauthorized))
}

#[tokio::test]
async fn a_guest_is_known_by_the_token_until_deleted() {
    let place = place(true).await;
    let accounts = &place.accounts;
    let grant = accounts.guest(None).await.expect("a guest");
    assert_eq!(accounts.identify(&grant.access_token).await.expect("known").user, grant.user.id);
    accounts.delete(grant.user.id).await.expect("deleted");
    assert!(refused(accounts.identify(&grant.access_token).await));
    assert!(refused(accounts.refresh(&grant.refresh_token, Asker::default()).await));
}

#[tokio::test]
async fn the_secret_is_made_once() {
    let place = place(true).await;
    let (accounts, store) = (&place.accounts, &place.store);
    let grant = accounts.guest(None).await.expect("a guest");
    let again = Accounts::open(store.clone(), settings(true)).await.expect("opened");
    assert!(again.identify(&grant.access_token).await.is_ok(), "tokens survive a restart");
}

#[tokio::test]
async fn two_tabs_that_renew_at_once_go_on_with_the_same_token() {
    let place = place(true).await;
    let accounts = &place.accounts;
    let first = accounts.guest(None).await.expect("a guest").refresh_token;
    let (one, other) = tokio::join!(accounts.refresh(&first, Asker::default()), accounts.refresh(&first, Asker::default()));
    let (one, other) = (one.expect("renewed"), other.expect("renewed"));
    assert_eq!(one.refresh_token, other.refresh_token);
    assert_ne!(one.refresh_token, first);
    assert!(accounts.refresh(&one.refresh_token, Asker::default()).await.is_ok());
}

#[tokio::test]
async fn a_used_token_that_comes_back_ends_the_login() {
    let place = place(true).await;
    let accounts = &place.accounts;
    let first = accounts.guest(None).await.expect("a guest").refresh_token;
    let second = accounts.refresh(&first, Asker::default()).await.expect("renewed").refresh_token;
    assert!(refused(accounts.refresh(&first, Asker::default()).await));
    assert!(refused(accounts.refresh(&second, Asker::default()).await), "whoever copied it is out, too");
}

#[tokio::test]
async fn an_answer_that_was_lost_is_given_again_until_it_is_used() {
    let place = place(true).await;
    let accounts = &place.accounts;
    let first = accounts.guest(None).await.expect("a guest").refresh_token;
    let lost = accounts.refresh(&first, MINE).await.expect("renewed").refresh_token;
    let again = accounts.refresh(&first, MINE).await.expect("renewed again").refresh_token;
    assert_eq!(again, lost);
    let third = accounts.refresh(&again, Asker::default()).await.expect("renewed").refresh_token;
    assert!(refused(accounts.refresh(&first, MINE).await));
    assert!(refused(accounts.refresh(&third, Asker::default()).await), "the answer had come, so this was a copy");
}

#[tokio::test]
async fn a_lost_answer_is_nobody_elses() {
    let place = place(true).await;
    let accounts = &place.accounts;
    let first = accounts.guest(None).await.expect("a guest").refresh_token;
    accounts.refresh(&first, MINE).await.expect("renewed");
    assert!(refused(accounts.refresh(&first, Asker { key: Some("another's"), alone: false }).await));
    assert!(refused(accounts.refresh(&first, MINE).await), "the login has ended");
}

#[tokio::test]
async fn after_a_logout_nothing_is_renewed() {
    let place = place(true).await;
    let accounts = &place.accounts;
    let first = accounts.guest(None).await.expect("a guest").refresh_token;
    let second = accounts.refresh(&first, Asker::default()).await.expect("renewed").refresh_token;
    accounts.logout(&second).await.expect("ended");
    assert!(refused(accounts.refresh(&second, Asker::default()).await));
    assert!(refused(accounts.refresh(&first, Asker::default()).await), "not even at once");
    accounts.logout("unknown").await.expect("nothing to end");
}

#[tokio::test]
async fn the_owners_code_opens_once() {
    let place = place(false).await;
    let (accounts, store) = (&place.accounts, &place.store);
    let code_needed = |result: Result<Grant, AccountsError>| matches!(result, Err(AccountsError::CodeNeeded));
    assert!(code_needed(accounts.guest(None).await), "there is no code yet");
    let old = new_owner_code(store).await.expect("made");
    let code = new_owner_code(store).await.expect("made");
    assert!(code_needed(accounts.guest(Some(&old)).await), "replaced");
    assert!(code_needed(accounts.guest(Some("guessed")).await));
    assert!(accounts.guest(Some(&code)).await.is_ok());
    assert!(code_needed(accounts.guest(Some(&code)).await), "used up");
}
