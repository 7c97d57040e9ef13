<?php
/**
 * Fills a new wiki through MediaWiki's own classes: two hundred people, their pages, talk, watchlists, blocks.
 *
 * php populate.php --conf LocalSettings.php
 *
 * It extends a class of MediaWiki, and is therefore under MediaWiki's licence, GPL-2.0-or-later: this file alone.
 * Nothing of Upheld loads it; it runs inside MediaWiki when the dump is made anew.
 */

require_once getenv( 'MW_INSTALL_PATH' ) . '/maintenance/Maintenance.php';

use MediaWiki\MediaWikiServices;

class Populate extends Maintenance {
	private const FIRST = [
		'Agnes', 'Balder', 'Carin', 'Didrik', 'Elna', 'Folke', 'Gudrun', 'Halvar', 'Ingrid', 'Joar',
		'Kerstin', 'Ludvig', 'Margit', 'Njord', 'Olea', 'Pelle', 'Ragna', 'Sture', 'Torun', 'Vidar',
	];
	private const LAST = [
		'Askildsen', 'Bergum', 'Dalene', 'Engen', 'Fossli', 'Granmo', 'Haugdal', 'Isaksen', 'Kvernmo', 'Lysne',
	];
	private const THINGS = [
		'Ferry', 'Lantern', 'Tide table', 'Crane', 'Rope store', 'Window', 'Kettle', 'Slipway', 'Mole', 'Buoy',
	];

	/** @var User[] the busiest first, then those who are taken for her */
	private $everybody = [];

	public function execute() {
		mt_srand( 20261126 );
		foreach ( $this->people() as $number => [ $login, $name, $address ] ) {
			if ( $number % 11 === 0 ) {
				$this->passing( $number );
			}
			$this->everybody[] = $this->enter( $number, $login, $name, $address );
		}
		$articles = [];
		foreach ( self::THINGS as $thing ) {
			foreach ( [ 'north', 'east', 'south', 'west', 'old', 'new' ] as $side ) {
				$articles[] = $this->article( "$thing of the $side harbour" );
			}
		}
		foreach ( $this->everybody as $number => $user ) {
			$this->habits( $number, $user, $articles );
		}
		$this->office();
	}

	private function people() {
		yield [ 'HSandgren', 'Hedda Sandgren', 'hedda.sandgren@example.org' ];
		yield [ 'HSandgreen', 'Hedda Sandgreen', 'hedda.sandgren@example.org.invalid' ];
		yield [ 'AHSandgren', 'Ahedda Sandgren', 'ahedda.sandgren@example.org' ];
		yield [ 'HSandgren-Moe', 'Hedda Sandgren-Moe', 'x.hedda.sandgren@example.org' ];
		foreach ( self::LAST as $last ) {
			foreach ( self::FIRST as $first ) {
				yield [ "$first$last", "$first $last", strtolower( "$first.$last@example.org" ) ];
			}
		}
	}

	/** One account, as somebody who registers makes it. */
	private function enter( $number, $login, $name, $address ) {
		$user = User::newFromName( $login );
		$user->addToDatabase();
		$user->changeAuthenticationData( [
			'username' => $login, 'password' => 'slow-harbour-lamp-61', 'retype' => 'slow-harbour-lamp-61',
		] );
		$user->setRealName( $name );
		$user->setEmail( $address );
		if ( $number % 5 ) {
			$user->setEmailAuthenticationTimestamp( wfTimestampNow() );
		}
		$user->saveSettings();
		$entry = new ManualLogEntry( 'newusers', 'create' );
		$entry->setPerformer( $user );
		$entry->setTarget( $user->getUserPage() );
		$entry->setParameters( [ '4::userid' => $user->getId() ] );
		$entry->publish( $entry->insert() );
		return $user;
	}

	/** Somebody without an account, of whom the wiki notes the address of the computer. */
	private function passing( $number ) {
		$user = User::newFromName( "192.0.2.$number", false );
		$this->write( $user, Title::newFromText( 'Guest book' ), "$number were here.", 'passing by' );
	}

	private function some( $many ) {
		$busy = mt_rand( 0, 2 ) === 0 ? 12 : count( $this->everybody );
		$found = [];
		while ( count( $found ) < $many ) {
			$found[mt_rand( 0, $busy - 1 )] = true;
		}
		return array_map( fn ( $number ) => $this->everybody[$number], array_keys( $found ) );
	}

	private function write( User $user, Title $title, $text, $summary ) {
		StubGlobalUser::setUser( $user );
		RequestContext::getMain()->setUser( $user );
		$page = MediaWikiServices::getInstance()->getWikiPageFactory()->newFromTitle( $title );
		$updater = $page->newPageUpdater( $user );
		$updater->setContent( 'main', ContentHandler::makeContent( $text, $title ) );
		$updater->saveRevision( CommentStoreComment::newUnsavedComment( $summary ) );
		DeferredUpdates::doUpdates();
	}

	private function signed( User $user ) {
		return '[[User:' . $user->getName() . '|' . $user->getRealName() . ']] ([[User talk:' . $user->getName() . '|talk]])';
	}

	/** A page that several have written, and what they said about it. */
	private function article( $name ) {
		$title = Title::newFromText( $name );
		$writers = $this->some( 4 );
		$text = "The '''$name''' is kept by the harbour.";
		foreach ( $writers as $round => $writer ) {
			$text .= "\n\nIt was seen to in round $round; see [[Main Page]] and [http://tide.example.org/$round tides].";
			$this->write( $writer, $title, $text, "round $round" );
		}
		$said = '';
		foreach ( array_slice( $writers, 0, 2 ) as $writer ) {
			$said .= "It does not fit. " . $this->signed( $writer ) . "\n\n";
			$this->write( $writer, $title->getTalkPage(), $said, mt_rand( 0, 1 ) ? 'a question' : "asked by {$writer->getRealName()}" );
		}
		return $title;
	}

	/** What some people have besides: a page of their own, a greeting, a watchlist, settings. */
	private function habits( $number, User $user, array $articles ) {
		$services = MediaWikiServices::getInstance();
		$store = $services->getWatchedItemStore();
		foreach ( array_rand( $articles, 2 + $number % 4 ) as $which ) {
			$store->addWatch( $user, $articles[$which] );
		}
		if ( $number < 4 || $number % 4 === 0 ) {
			$this->write( $user, $user->getUserPage(),
				"I am {$user->getRealName()}; write to {$user->getEmail()}.", 'my page' );
			$store->addWatch( $user, $user->getUserPage() );
		}
		if ( $number < 4 || $number % 3 === 0 ) {
			[ $other ] = $this->some( 1 );
			$this->write( $other, $user->getTalkPage(),
				"Welcome, {$user->getRealName()}! " . $this->signed( $other ), "to {$user->getName()}" );
		}
		$options = $services->getUserOptionsManager();
		$options->setOption( $user, 'nickname', $number % 2 ? $user->getRealName() : '' );
		$options->setOption( $user, 'language', $number % 3 ? 'en-gb' : 'nb' );
		$options->saveOptions( $user );
		if ( $number % 9 === 0 ) {
			$bot = BotPassword::newUnsaved( [
				'user' => $user, 'appId' => 'phone', 'grants' => [ 'basic' ],
			] );
			$bot->save( 'insert' );
		}
	}

	/** What those who keep order do: rights, blocks, pages that were deleted, protected and moved. */
	private function office() {
		$services = MediaWikiServices::getInstance();
		$keepers = [ $this->everybody[0], $this->everybody[24] ];
		foreach ( $keepers as $keeper ) {
			$services->getUserGroupManager()->addUserToGroup( $keeper, 'sysop' );
			$services->getUserGroupManager()->addUserToGroup( $keeper, 'bureaucrat' );
			$services->getUserGroupManager()->removeUserFromGroup( $keeper, 'bureaucrat' );
		}
		foreach ( range( 30, 200, 19 ) as $which ) {
			$keeper = $keepers[$which % 2];
			RequestContext::getMain()->setUser( $keeper );
			$user = $this->everybody[$which];
			$services->getBlockUserFactory()->newBlockUser(
				$user, $keeper, 'infinity', "{$user->getRealName()} asked for it"
			)->placeBlockUnsafe();
			$title = Title::newFromText( "Draft of {$user->getName()}" );
			$this->write( $user, $title, "Nothing yet, says {$user->getRealName()}.", 'begun' );
			$page = $services->getWikiPageFactory()->newFromTitle( $title );
			$services->getDeletePageFactory()->newDeletePage( $page, $keeper )
				->deleteUnsafe( "left by {$user->getName()}" );
			DeferredUpdates::doUpdates();
		}
		$title = Title::newFromText( 'Ferry of the old harbour' );
		$cascade = false;
		$services->getWikiPageFactory()->newFromTitle( $title )->doUpdateRestrictions(
			[ 'edit' => 'sysop' ], [], $cascade, 'it is old', $keepers[1]
		);
	}
}

$maintClass = Populate::class;
require_once RUN_MAINTENANCE_IF_MAIN;
