//! Stories of a class.

use super::*;
use crate::domain::ids::{CharacterId, MessageId};
use crate::domain::message::{Author, Message, Status};
use crate::domain::protocol::{Audience, TurnView};

const LIMITS: Limits = Limits { questions_per_watcher: 2, questions: 4 };

fn classroom() -> Classroom {
    Classroom::restore(Setup::default(), vec![], LIMITS)
}

/// Decides, writes and applies, as the rim does.
fn does(class: &mut Classroom, command: Command) -> Result<Vec<ClassEvent>, Refusal> {
    Ok(match class.decide(command)? {
        Decision::Nothing => vec![],
        Decision::Now(momentary) => {
            class.take(momentary);
            vec![]
        }
        Decision::Write(write) => class.apply(write, Moment(1)),
    })
}

fn ask(class: &mut Classroom, watcher: WatcherId) -> Result<QuestionId, Refusal> {
    let question = QuestionId::new();
    let text = "Why play?".to_owned();
    does(class, Command::Ask { watcher, question, text }).map(|_| question)
}

fn vote(class: &mut Classroom, watcher: WatcherId, question: QuestionId, up: bool) -> Result<(), Refusal> {
    does(class, Command::Vote { watcher, question, up }).map(drop)
}

fn rules(class: &mut Classroom, rules: RulesPatch) -> Vec<ClassEvent> {
    does(class, Command::Set { rules, stage: StagePatch::default() }).expect("allowed")
}

fn votes(class: &Classroom, question: QuestionId) -> usize {
    class.find(question).map_or(0, |question| question.votes.len())
}

fn who(name: &str) -> CharacterId {
    name.parse().expect("a slug")
}

fn begins(name: &str, version: i32) -> (MessageId, Event) {
    let id = MessageId::new();
    let turn = TurnView {
        id,
        character_id: who(name),
        name: name.to_owned(),
        version,
        position: 1,
        started_at: Moment(0),
        state: None,
        text: None,
    };
    (id, Event::TurnStarted { seq: 1, turn })
}

fn ends(id: MessageId, name: &str, status: Status) -> Event {
    let message = Message {
        id,
        seq: 2,
        position: 1,
        author: Author::character(who(name), name),
        text: "Yes.".to_owned(),
        status,
        finish: None,
        version: 1,
        created_at: Moment(0),
        usage: None,
        error: None,
        votes: None,
    };
    Event::TurnEnded { seq: 2, message }
}

#[test]
fn a_question_waits_for_hosts_eyes_only_until_it_is_approved() {
    let (mut class, watcher) = (classroom(), WatcherId::new());
    let question = QuestionId::new();
    let command = Command::Ask { watcher, question, text: "Why play?".to_owned() };
    let told = does(&mut class, command.clone()).expect("asked");
    assert!(!told[0].is_for(Audience::Observer) && told[0].is_for(Audience::Host));
    assert_eq!(class.view(Audience::Observer).questions, vec![]);
    assert_eq!(class.view(Audience::Host).questions.len(), 1);
    assert_eq!(does(&mut class, command), Ok(vec![]), "a repeat asks nothing");
    assert_eq!(vote(&mut class, WatcherId::new(), question, true), Err(Refusal::UnknownQuestion), "nobody has seen it");
    let told = does(&mut class, Command::Approve { question }).expect("approved");
    assert!(told[0].is_for(Audience::Observer));
    assert_eq!(class.view(Audience::Observer), class.view(Audience::Host));
}

#[test]
fn one_watcher_has_one_vote() {
    let (mut class, asker, other) = (classroom(), WatcherId::new(), WatcherId::new());
    let question = ask(&mut class, asker).expect("asked");
    does(&mut class, Command::Approve { question }).expect("approved");
    for (watcher, up, count) in [(asker, true, 1), (other, true, 2), (other, true, 2), (other, false, 1), (other, false, 1)]
    {
        vote(&mut class, watcher, question, up).expect("counted");
        assert_eq!(votes(&class, question), count);
    }
    let Some(ClassEvent::Votes { votes }) = class.flush().pop() else { unreachable!("votes changed") };
    assert_eq!(votes[&question], 1);
    assert_eq!(class.flush(), vec![], "told once");
}

#[test]
fn who_asks_too_much_waits_and_so_does_everybody_when_there_are_very_many() {
    let (mut class, one) = (classroom(), WatcherId::new());
    let first = ask(&mut class, one).expect("the first");
    ask(&mut class, one).expect("the second");
    assert_eq!(ask(&mut class, one), Err(Refusal::TooManyOwn(2)));
    does(&mut class, Command::Dismiss { question: first }).expect("dismissed");
    ask(&mut class, one).expect("there is room again");
    ask(&mut class, WatcherId::new()).expect("another's");
    ask(&mut class, WatcherId::new()).expect("another's");
    assert_eq!(ask(&mut class, WatcherId::new()), Err(Refusal::TooManyQuestions));
}

#[test]
fn what_the_host_switches_off_is_off() {
    let (mut class, watcher) = (classroom(), WatcherId::new());
    let question = ask(&mut class, watcher).expect("asked");
    does(&mut class, Command::Approve { question }).expect("approved");
    rules(&mut class, RulesPatch { questions: Some(Asking::Frozen), ..RulesPatch::default() });
    assert_eq!(ask(&mut class, watcher), Err(Refusal::QuestionsFrozen));
    assert_eq!(vote(&mut class, WatcherId::new(), question, true), Err(Refusal::QuestionsFrozen));
    assert_eq!(class.view(Audience::Observer).questions.len(), 1, "what is there stays");
    rules(&mut class, RulesPatch { questions: Some(Asking::Off), reactions: Some(false), predictions: Some(false) });
    assert_eq!(ask(&mut class, watcher), Err(Refusal::QuestionsOff));
    let react = Command::React { watcher, emoji: REACTIONS[0].to_owned() };
    assert_eq!(does(&mut class, react), Err(Refusal::ReactionsOff));
    class.expect(Some(who("dewey")));
    assert_eq!(does(&mut class, Command::Predict { watcher, choice: Choice::Agree }), Err(Refusal::NothingToPredict));
    assert_eq!(class.view(Audience::Observer).prediction, None);
}

#[test]
fn a_dismissed_question_leaves_no_words_behind() {
    let mut class = classroom();
    let question = ask(&mut class, WatcherId::new()).expect("asked");
    does(&mut class, Command::Approve { question }).expect("approved");
    let told = does(&mut class, Command::Dismiss { question }).expect("dismissed");
    assert!(matches!(&told[0], ClassEvent::Question { question, public: true } if question.text.is_empty()));
    assert_eq!(does(&mut class, Command::Dismiss { question }), Ok(vec![]));
    assert_eq!(does(&mut class, Command::Approve { question }), Err(Refusal::UnknownQuestion));
}

#[test]
fn everybody_counts_once_for_each_reaction_to_a_turn() {
    let (mut class, one, two) = (classroom(), WatcherId::new(), WatcherId::new());
    let (turn, begun) = begins("dewey", 1);
    class.hear(&begun);
    for (watcher, emoji) in [(one, "👏"), (one, "👏"), (two, "👏"), (two, "💡")] {
        does(&mut class, Command::React { watcher, emoji: emoji.to_owned() }).expect("counted");
    }
    let seen = class.reactions();
    assert_eq!((seen.turn, seen.counts["👏"], seen.counts["💡"]), (Some(turn), 2, 1));
    assert_eq!(class.flush(), vec![ClassEvent::Reaction { reactions: seen }]);
    let unknown = Command::React { watcher: one, emoji: "💩".to_owned() };
    assert_eq!(does(&mut class, unknown), Err(Refusal::UnknownReaction));
    let (_, begun) = begins("freire", 1);
    assert!(matches!(&class.hear(&begun)[0], ClassEvent::Reaction { reactions } if reactions.counts.is_empty()));
}

#[test]
fn a_prediction_is_revealed_after_the_turn() {
    let (mut class, one, two) = (classroom(), WatcherId::new(), WatcherId::new());
    class.expect(Some(who("dewey")));
    for (watcher, choice) in [(one, Choice::Agree), (two, Choice::Object), (one, Choice::Turn)] {
        does(&mut class, Command::Predict { watcher, choice }).expect("counted");
    }
    let seen = class.prediction().expect("switched on");
    assert_eq!((seen.open, seen.votes, seen.revealed), (true, 2, None));
    let (turn, begun) = begins("dewey", 1);
    class.hear(&begun);
    let late = Command::Predict { watcher: one, choice: Choice::Agree };
    assert_eq!(does(&mut class, late), Err(Refusal::NothingToPredict), "while somebody speaks");
    class.hear(&ends(turn, "dewey", Status::Complete));
    let seen = class.prediction().expect("switched on");
    let split = Split { agree: 0, object: 1, turn: 1 };
    assert_eq!(seen.revealed, Some(RevealedView { message_id: turn, character_id: who("dewey"), split }));
    assert_eq!((seen.open, seen.votes), (true, 0));
}

#[test]
fn a_prediction_of_somebody_else_is_void() {
    let (mut class, watcher) = (classroom(), WatcherId::new());
    class.expect(Some(who("dewey")));
    does(&mut class, Command::Predict { watcher, choice: Choice::Agree }).expect("counted");
    let (turn, begun) = begins("freire", 1);
    class.hear(&begun);
    class.hear(&ends(turn, "freire", Status::Complete));
    assert_eq!(class.prediction().expect("switched on").revealed, None);
}

#[test]
fn another_version_of_a_turn_is_not_predicted() {
    let (mut class, watcher) = (classroom(), WatcherId::new());
    class.expect(Some(who("dewey")));
    does(&mut class, Command::Predict { watcher, choice: Choice::Agree }).expect("counted");
    let (turn, begun) = begins("freire", 2);
    assert_eq!(class.hear(&begun), vec![]);
    assert_eq!(class.hear(&ends(turn, "freire", Status::Complete)), vec![]);
    assert_eq!(class.prediction().expect("switched on").votes, 1);
}

#[test]
fn the_stage_takes_what_a_reader_can_use() {
    let mut class = classroom();
    let set = |class: &mut Classroom, stage| does(class, Command::Set { rules: RulesPatch::default(), stage });
    let told = set(&mut class, StagePatch { blank: Some(true), words_per_minute: Some(0), ..StagePatch::default() });
    let Ok([ClassEvent::Stage { stage }]) = told.as_deref() else { unreachable!("the stage is told") };
    assert!(stage.blank && stage.words_per_minute == 0 && stage.show_code);
    assert_eq!(set(&mut class, StagePatch { blank: Some(true), ..StagePatch::default() }), Ok(vec![]), "so already");
    assert_eq!(set(&mut class, StagePatch { type_size: Some(10), ..StagePatch::default() }), Err(Refusal::TypeSize));
    assert_eq!(
        set(&mut class, StagePatch { words_per_minute: Some(5), ..StagePatch::default() }),
        Err(Refusal::WordsPerMinute)
    );
}
