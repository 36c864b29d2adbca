import { createPhraseTable } from '../phrase-table'
import { wordSet } from '../word-set'

/** Verbs that ask for something to be done or written. In base form at the start of a clause they open an order. */
export const ACTIONS = new Set(
  (
    'scale restart reboot delete drop truncate purge wipe erase destroy kill terminate stop start shutdown deploy redeploy rollback undeploy rebuild ' +
    'install uninstall upgrade downgrade migrate provision create update insert modify edit rename move copy write overwrite set reset clear flush ' +
    'disable enable grant revoke assign approve reject cancel refund charge pay transfer send email notify call ping page ' +
    'book reserve buy order sell schedule remind play sing translate compose draft invent imagine pretend roleplay act become ' +
    'open close block unblock ban unban lock unlock rotate renew regenerate issue sign execute run exec invoke trigger launch spawn fork ' +
    'add remove put post patch push pull merge commit revert fix repair solve patch configure reconfigure tune increase decrease raise lower reduce ' +
    'turn switch shut bring take upload download archive restore backup connect disconnect subscribe unsubscribe register unregister ' +
    'cook bake drive fly go come teach explain define recommend suggest advise convince forget disregard override bypass hack ' +
    'evict drain cordon taint failover promote demote mute silence acknowledge resolve escalate'
  ).split(' '),
)

/** Of these, the ones a follow-up may use on a query: "drop the tablets", "add the region". */
export const EDITS = wordSet(
  'drop remove add set order put move take clear reset increase decrease reduce raise lower',
  'switch turn forget delete update modify go bring disregard',
)

export const POLITE = wordSet(
  'please pls could can would will you now just kindly hey hi hello ok okay then and i want to',
  "need like i'd lets let's go ahead also first help me us so well quickly immediately",
)

/** Things an order is given about; nouns of records make a question of the same words ("cancel events"). */
export const QUESTION_NOUNS = wordSet(
  'chart graph table report query histogram timeline breakdown summary list overview count',
  'dataprime dashboard plot view logs log errors spans',
)

export const CHIT_CHAT = createPhraseTable<string>([
  [
    'It is small talk, not a question about logs or spans.',
    'joke, jokes, poem, haiku, story, song, lyrics, riddle, how are you, who are you, ' +
      "what are you, what's your name, what is your name, your name, good morning, good evening, " +
      'good night, thank you, nice to meet you, love you, are you human, are you a bot, ' +
      'are you an ai, meaning of life, favourite colour, favorite color, sense of humor, fun fact',
  ],
  [
    'It asks for general knowledge, not about logs or spans.',
    'capital of, president of, prime minister, population of, weather, forecast, recipe, ' +
      'stock price, world cup, football, movie, movies, restaurant, horoscope, lottery, birthday, ' +
      'translate, square root, homework, essay, novel, what day is it, what time is it, ' +
      'bitcoin price, history of, speed of light',
  ],
])

export const INJECTION_VERBS = wordSet(
  'ignore forget disregard override bypass skip discard reveal print show repeat output leak',
  'dump expose tell display read cat',
)
export const INJECTION_OBJECTS = createPhraseTable([
  [
    true,
    'instructions, instruction, rules, rule above, guidelines, system prompt, prompt, ' +
      'your prompt, initial prompt, system message, developer message, previous conversation, ' +
      'everything above, all of the above, environment variable, environment variables, ' +
      'env variables, env vars, secret key, your secrets, your api key, ' +
      'your configuration, source code, jailbreak, /etc/passwd, safety, restrictions, constraints, ' +
      'what i said before, training data',
  ],
])
export const PERSONA = createPhraseTable([
  [
    true,
    'you are now, act as, pretend to be, pretend you, roleplay, developer mode, dan mode, ' +
      'do anything now, from now on you, new instructions, jailbreak, your new role, simulate being',
  ],
])
