//! Any bytes as a file of faults: `cargo test` replays the corpus, CONTRIBUTING says how to look further.

use super::Schedule;

#[test]
fn fault_file() {
    bolero::check!().with_iterations(1_000).for_each(|text: &[u8]| match Schedule::from_json(text) {
        Ok(schedule) => {
            let written = serde_json::to_vec(&schedule).unwrap();
            assert_eq!(Schedule::from_json(&written).unwrap(), schedule);
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    });
}
