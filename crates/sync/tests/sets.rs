//! Rosters in several files, uploaded one by one, on both engines.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use homeroom_inbox::DropPath;
use homeroom_model::check_report::{Format, Outcome as CheckOutcome};
use homeroom_model::run::{RunKind, RunState};
use homeroom_sync::queue_run;

mod drop_harness;

use drop_harness::{ROSTER, cases};

const CLEVER: [(&str, &str); 5] = [
    ("schools.csv", "School_id,School_name\n1,Oak Hill\n"),
    ("teachers.csv", "School_id,Teacher_id,Teacher_email,First_name,Last_name\n1,T1,tess@x.org,Tess,Gray\n"),
    (
        "students.csv",
        "School_id,Student_id,First_name,Last_name,Grade,Student_email\n1,P1,Ann,Lee,5,ann@x.org\n",
    ),
    ("sections.csv", "School_id,Section_id,Teacher_id,Name\n1,S1,T1,Art\n"),
    ("enrollments.csv", "School_id,Section_id,Student_id\n1,S1,P1\n"),
];

#[test]
fn a_set_of_five_files_makes_one_run() {
    for case in cases("clever.zip") {
        CLEVER.iter().for_each(|(name, text)| case.put(name, text));
        let runs = case.work();
        assert_eq!(runs.len(), 1, "{}", case.test.engine);
        assert_eq!((runs[0].upload.name.as_str(), runs[0].state), ("clever.zip", RunState::Applied));
        let check = runs[0].report.check.clone().unwrap();
        assert_eq!((check.format, check.students, check.enrollments), (Format::Clever, 1, 1));

        // One of them is uploaded again: the others still count.
        case.put("students.csv", &format!("{}1,P2,Bob,Kim,5,bob@x.org\n", CLEVER[2].1));
        case.put("enrollments.csv", &format!("{}1,S1,P2\n", CLEVER[4].1));
        let runs = case.work();
        assert_eq!((runs.len(), runs[0].state), (2, RunState::Applied));
        assert_eq!(runs[0].report.plan.unwrap().create.students, 1);
        // The same bytes once more change nothing.
        case.put("schools.csv", CLEVER[0].1);
        assert_eq!(case.work()[0].state, RunState::Unchanged);
    }
}

#[test]
fn a_missing_file_of_a_set_removes_nobody() {
    for case in cases("clever.zip") {
        CLEVER.iter().for_each(|(name, text)| case.put(name, text));
        assert_eq!(case.work()[0].state, RunState::Applied);
        case.drop_box.remove(&DropPath::parse(b"enrollments.csv").unwrap()).unwrap();
        case.put("students.csv", &format!("{}1,P2,Bob,Kim,5,bob@x.org\n", CLEVER[2].1));
        let runs = case.work();
        assert_eq!(runs[0].state, RunState::Rejected);
        assert_eq!(runs[0].report.check.as_ref().unwrap().outcome, CheckOutcome::FileRejected);
        let roster = case.district.roster_load().unwrap();
        assert!(
            roster.enrollments.iter().all(|enrollment| enrollment.active) && roster.enrollments.len() == 1
        );
    }
}

#[test]
fn a_set_with_an_unexpected_name_is_only_tested() {
    for case in cases("roster.csv") {
        CLEVER.iter().for_each(|(name, text)| case.put(name, text));
        let runs = case.work();
        assert_eq!((runs.len(), runs[0].state), (1, RunState::Tested));
        let proposals = runs[0].report.check.as_ref().unwrap().proposals.clone();
        case.district
            .profiles_change("accepted", |profile| proposals.iter().for_each(|change| profile.accept(change)))
            .unwrap();
        case.put("schools.csv", CLEVER[0].1);
        assert_eq!(case.work()[0].state, RunState::Applied);
    }
}

#[test]
fn a_delta_changes_only_the_records_it_lists() {
    const MANIFEST: &str = "propertyName,value\noneroster.version,1.1\n";
    const USERS: &str = "sourcedId,status,enabledUser,role,username,givenName,familyName,email,grades\n";
    const ENROLLMENTS: &str = "sourcedId,status,classSourcedId,userSourcedId,role\n";
    for case in cases("oneroster.zip") {
        let kinds = |kind: &str| {
            ["orgs", "users", "classes", "enrollments"].map(|name| format!("file.{name},{kind}\n")).concat()
        };
        case.put("manifest.csv", &format!("{MANIFEST}{}", kinds("bulk")));
        case.put("orgs.csv", "sourcedId,name,type\no1,Oak Hill,school\n");
        case.put("classes.csv", "sourcedId,title,schoolSourcedId\nc1,Art,o1\nc2,Math,o1\n");
        case.put("users.csv", &format!(
            "{USERS}u1,,true,teacher,t,Tess,Gray,tess@x.org,\nu2,,true,student,a,Ann,Lee,ann@x.org,05\nu3,,true,student,b,Bob,Kim,bob@x.org,05\n"));
        case.put(
            "enrollments.csv",
            &format!(
                "{ENROLLMENTS}e1,,c1,u1,teacher\ne2,,c1,u2,student\ne3,,c1,u3,student\ne4,,c2,u3,student\n"
            ),
        );
        assert_eq!(case.work()[0].state, RunState::Applied);

        let delta = "file.orgs,absent\nfile.classes,absent\nfile.users,delta\nfile.enrollments,delta\n";
        case.put("manifest.csv", &format!("{MANIFEST}{delta}"));
        case.put("users.csv", &format!("{USERS}u2,active,true,student,a,Ann,Park,ann@x.org,06\nu3,tobedeleted,true,student,b,Bob,Kim,bob@x.org,05\nu4,active,true,student,c,Cy,Fox,cy@x.org,05\n"));
        case.put("enrollments.csv", &format!("{ENROLLMENTS}e5,active,c2,u4,student\n"));
        let run = case.work().remove(0);
        assert_eq!(run.state, RunState::Applied, "{:?}", run.report);
        let plan = run.report.plan.unwrap();
        assert_eq!((plan.create.students, plan.update.students, plan.deactivate.students), (1, 1, 1));
        assert_eq!((plan.create.enrollments, plan.deactivate.enrollments), (1, 2));
        assert_eq!((plan.unchanged.classes, plan.unchanged.teachers, plan.deactivate.classes), (2, 1, 0));
    }
}

#[test]
fn a_delta_before_any_roster_is_rejected() {
    for case in cases("oneroster.zip") {
        case.put("manifest.csv", "propertyName,value\nfile.orgs,absent\nfile.classes,absent\nfile.users,delta\nfile.enrollments,delta\n");
        case.put(
            "users.csv",
            "sourcedId,status,role,givenName,familyName,email\nu1,active,student,Ann,Lee,ann@x.org\n",
        );
        case.put(
            "enrollments.csv",
            "sourcedId,status,classSourcedId,userSourcedId,role\ne1,active,c1,u1,student\n",
        );
        assert_eq!(case.work()[0].state, RunState::Rejected);
    }
}

#[test]
fn a_nightly_upload_takes_no_job_from_a_test_run_that_waits() {
    for case in cases("roster.csv") {
        case.change_to_nightly();
        case.put("roster.csv", ROSTER);
        case.settle();
        let first = case.district.runs_list(1).unwrap().remove(0);
        // A person tests another file, and before that is done the roster is uploaded again.
        let test = queue_run(&case.district, RunKind::Test, first.upload.id.unwrap()).unwrap();
        case.put("roster.csv", &ROSTER.replace("Ann,Lee", "Anna,Lee"));
        case.settle();
        let runs = case.work();
        let state = |number| runs.iter().find(|run| run.number == number).unwrap().state;
        assert_eq!(state(test.number), RunState::Tested, "{}", case.test.engine);
        assert_eq!(state(first.number), RunState::Superseded);
        assert_eq!((runs.len(), runs[0].state), (3, RunState::Applied));
        assert_eq!(case.test.store.jobs_count().unwrap(), []);
    }
}
